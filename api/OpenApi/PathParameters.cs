using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace TemporalDelivery.Api.OpenApi;

/// <summary>
/// Describes the ids in paths that <see cref="Requests.OwnedResource"/> binds, which the framework does not see in the endpoint's
/// signature.
/// </summary>
internal sealed partial class PathParameters : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Parameters ??= [];
        foreach (var name in Placeholder().Matches(context.Description.RelativePath ?? "").Select(match => match.Groups[1].Value))
        {
            if (!operation.Parameters.Any(parameter => parameter.Name == name))
            {
                operation.Parameters.Insert(
                    0,
                    new OpenApiParameter
                    {
                        Name = name,
                        In = ParameterLocation.Path,
                        Required = true,
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
                    }
                );
            }
        }

        return Task.CompletedTask;
    }

    [GeneratedRegex(@"\{(\w+)")]
    private static partial Regex Placeholder();
}
