using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using TemporalDelivery.Api.Requests;

namespace TemporalDelivery.Api.StatusReads;

/// <summary>Sends a document as it is stored, or 304 when the client has it.</summary>
/// <typeparam name="TShape">What the document looks like, for the API's description.</typeparam>
internal sealed class StatusResult<TShape>(StatusDocument document) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new TaggedAnswer());
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(TShape), ["application/json"]));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status304NotModified));
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers.ETag = document.ETag;
        response.Headers.CacheControl = "private, no-cache";
        if (EntityTag.IsKnown(httpContext.Request, document.ETag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = document.Json.Length;
        return response.Body.WriteAsync(document.Json, httpContext.RequestAborted).AsTask();
    }
}
