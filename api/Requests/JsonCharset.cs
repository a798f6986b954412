using System.Net.Mime;
using Microsoft.Net.Http.Headers;

namespace TemporalDelivery.Api.Requests;

/// <summary>
/// JSON is UTF-8 (RFC 8259). A request that says so in whichever spelling is read, one that names another charset is answered 415: the
/// framework would fail at it.
/// </summary>
internal static class JsonCharset
{
    private const string Utf8 = "utf-8";

    public static void UseJsonCharset(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                var request = context.Request;
                if (
                    context.GetEndpoint() is null
                    || !request.HasJsonContentType()
                    || !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
                    || !type.Charset.HasValue
                )
                {
                    return next(context);
                }

                if (!HeaderUtilities.RemoveQuotes(type.Charset).Equals(Utf8, StringComparison.OrdinalIgnoreCase))
                {
                    context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
                    return Task.CompletedTask;
                }

                request.ContentType = MediaTypeNames.Application.Json;
                return next(context);
            }
        );
}
