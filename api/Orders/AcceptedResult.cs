using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Api.Orders;

/// <summary>Sends the answer to accepted orders, to the byte as it was stored under the request's key.</summary>
internal sealed class AcceptedResult(IdempotentAnswer answer) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status201Created, typeof(OrderResponse), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = answer.StatusCode;
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        if (answer.Location is { } location)
        {
            httpContext.Response.Headers.Location = location;
        }

        return httpContext.Response.WriteAsync(answer.Body, httpContext.RequestAborted);
    }
}
