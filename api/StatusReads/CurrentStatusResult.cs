using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace TemporalDelivery.Api.StatusReads;

/// <summary>Answers a change with what it has made of the order, read from the tables.</summary>
/// <typeparam name="TShape">What the document looks like, for the API's description.</typeparam>
/// <param name="document">What there is now.</param>
/// <param name="statusCode">200, or 202 while the change is under way.</param>
internal sealed class CurrentStatusResult<TShape>(StatusDocument document, int statusCode = StatusCodes.Status200OK)
    : IResult,
        IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(TShape), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = statusCode;
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        return httpContext.Response.Body.WriteAsync(document.Json, httpContext.RequestAborted).AsTask();
    }
}
