using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Api.Orders;

/// <summary>The answer to accepted orders, as it was stored with them.</summary>
internal sealed class AcceptedResult(IdempotentAnswer answer) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status201Created, typeof(OrderResponse), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext) => new KeptAnswerResult(answer).ExecuteAsync(httpContext);
}
