using Microsoft.Net.Http.Headers;

namespace TemporalDelivery.Api.Hosting;

/// <summary>What every answer says of itself: that nobody keeps it, unless its endpoint says so, and that it is of its type.</summary>
internal static class AnswerHeaders
{
    public static void UseAnswerHeaders(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                context.Response.OnStarting(() =>
                {
                    var headers = context.Response.Headers;
                    headers.XContentTypeOptions = "nosniff";
                    if (!headers.ContainsKey(HeaderNames.CacheControl))
                    {
                        headers.CacheControl = "no-store";
                    }

                    return Task.CompletedTask;
                });
                return next(context);
            }
        );
}
