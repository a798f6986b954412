using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace TemporalDelivery.Api.Requests;

/// <summary>Sends something with its version as <c>ETag</c>; to a GET of a client that has it, 304; 201 when it is new.</summary>
internal sealed class TaggedResult<T>(T value, string tag, bool isNew = false) : IResult, IEndpointMetadataProvider
{
    public TaggedResult(T value, long version)
        : this(value, EntityTag.Of(version)) { }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new TaggedAnswer());
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));
        if (builder.Metadata.OfType<IHttpMethodMetadata>().Any(methods => methods.HttpMethods.Contains(HttpMethods.Get)))
        {
            builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status304NotModified));
        }
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.ETag = tag;
        httpContext.Response.Headers.CacheControl = "private, no-cache";
        if (HttpMethods.IsGet(httpContext.Request.Method) && EntityTag.IsKnown(httpContext.Request, tag))
        {
            httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return TypedResults
            .Json(value, statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK)
            .ExecuteAsync(httpContext);
    }
}
