using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TemporalDelivery.Api.Requests;

namespace TemporalDelivery.Api.OpenApi;

/// <summary>Shows examples of bodies, and says of operations that take one or many that they do, and answer in kind.</summary>
internal sealed class OperationBodies : IOpenApiOperationTransformer
{
    private const string Json = "application/json";

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (operation.RequestBody?.Content?.TryGetValue(Json, out var body) == true)
        {
            var examples = RequestExamples.Of(operation.OperationId).ToList();
            if (examples.Count > 0)
            {
                body.Examples = examples.ToDictionary(
                    example => example.Name,
                    IOpenApiExample (example) => new OpenApiExample { Summary = example.Summary, Value = JsonNode.Parse(example.Json) }
                );
            }
        }

        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<OneOrMany>().SingleOrDefault() is { } many)
        {
            Widen(operation.RequestBody?.Content, many.Most);
            Widen(operation.Responses?[$"{StatusCodes.Status201Created}"].Content, many.Most);
        }

        return Task.CompletedTask;
    }

    private static void Widen(IDictionary<string, OpenApiMediaType>? content, int most)
    {
        if (content?.TryGetValue(Json, out var body) == true && body.Schema is { } one)
        {
            body.Schema = new OpenApiSchema
            {
                OneOf =
                [
                    one,
                    new OpenApiSchema
                    {
                        Type = JsonSchemaType.Array,
                        MinItems = 1,
                        MaxItems = most,
                        Items = one,
                    },
                ],
            };
        }
    }
}
