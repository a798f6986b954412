using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TemporalDelivery.Api.Requests;

namespace TemporalDelivery.Api.OpenApi;

/// <summary>Describes the headers that endpoints heed without naming them in their signatures.</summary>
internal sealed class HeaderParameters : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<IdempotentEndpoint>().Any())
        {
            Add(operation, IdempotencyKey.Header, "Makes a repetition of the request get the first one's answer, for seven days.", 200);
        }

        if (metadata.OfType<ConditionalEndpoint>().Any())
        {
            Add(operation, "If-Match", "The ETag of the version that is to be changed; any other is refused with 412.");
        }

        if (metadata.OfType<CreatingEndpoint>().Any())
        {
            Add(operation, "If-None-Match", "*: it is made, but not changed when there is one; then 412.");
        }

        return Task.CompletedTask;
    }

    private static void Add(OpenApiOperation operation, string name, string description, int? maxLength = null)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(
            new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Header,
                Description = description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = maxLength },
            }
        );
    }
}
