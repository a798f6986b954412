using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.Webhooks;

namespace TemporalDelivery.Api.OpenApi;

/// <summary>Describes the headers that endpoints heed without naming them in their signatures.</summary>
internal sealed class HeaderParameters : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<IdempotentEndpoint>().Any())
        {
            Add(
                IdempotencyKey.Header,
                "Makes a repetition of the request get the first one's answer, for seven days.",
                new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    MinLength = 1,
                    MaxLength = IdempotencyKey.MaxLength,
                    Pattern = IdempotencyKey.Pattern,
                }
            );
        }

        if (metadata.OfType<ConditionalEndpoint>().Any())
        {
            Add("If-Match", "The ETag of the version that is to be changed; any other is refused with 412.");
        }

        if (metadata.OfType<CreatingEndpoint>().Any())
        {
            Add(
                "If-None-Match",
                "*: it is made, but not changed when there is one; then 412.",
                new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["*"] }
            );
        }

        if (metadata.OfType<TaggedAnswer>().Any() && context.Description.HttpMethod == HttpMethods.Get)
        {
            Add("If-None-Match", "The ETag of the version that the client has: 304 when there is no other.");
        }

        if (metadata.OfType<SignedRequest>().Any())
        {
            Add(
                "webhook-id",
                "The sender's id of the message.",
                new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    MinLength = 1,
                    MaxLength = StandardWebhook.MaxId,
                },
                true
            );
            Add(
                "webhook-timestamp",
                "When it is sent: seconds since 1970, within five minutes of our clock.",
                new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[0-9]+$" },
                true
            );
            Add("webhook-signature", "v1, and HMAC-SHA256 of id.timestamp.body in base64; several are parted by blanks.", null, true);
        }

        return Task.CompletedTask;

        void Add(string name, string description, OpenApiSchema? schema = null, bool required = false)
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = name,
                    In = ParameterLocation.Header,
                    Description = description,
                    Required = required,
                    Schema = schema ?? new OpenApiSchema { Type = JsonSchemaType.String },
                }
            );
        }
    }
}
