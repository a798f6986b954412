using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Api.Requests;

/// <summary>Sends an answer to the byte as it was stored under the request's key.</summary>
internal sealed class KeptAnswerResult(IdempotentAnswer answer) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = answer.StatusCode;
        if (answer.ContentType.Length > 0)
        {
            httpContext.Response.ContentType = answer.ContentType;
        }

        if (answer.Location is { } location)
        {
            httpContext.Response.Headers.Location = location;
        }

        return httpContext.Response.WriteAsync(answer.Body, httpContext.RequestAborted);
    }
}
