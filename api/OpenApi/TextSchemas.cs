using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Workflows;

namespace TemporalDelivery.Api.OpenApi;

/// <summary>
/// Describes what is text in JSON: strings and times, whose converters the framework cannot see through, actors, and enums by the names of
/// their values.
/// </summary>
internal sealed class TextSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if ((Nullable.GetUnderlyingType(type) ?? type).IsEnum)
        {
            // A component: whether a value may be absent is said where it is referred to.
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. (schema.Enum ?? []).Where(name => name is not null && name.GetValueKind() == JsonValueKind.String)];
        }
        else if (schema.Type is null && (type == typeof(string) || type == typeof(Actor)))
        {
            var nullable = context.JsonPropertyInfo is { IsGetNullable: true };
            schema.Type = nullable ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
        }

        if (
            schema.Type is null
            && (Nullable.GetUnderlyingType(type) ?? type) is var moment
            && (moment == typeof(DateTime) || moment == typeof(DateTimeOffset))
        )
        {
            schema.Type = moment == type ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Format = "date-time";
        }

        if (schema.Type?.HasFlag(JsonSchemaType.Array) == true && type.IsAssignableTo(typeof(IEnumerable<string>)))
        {
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.String };
        }

        if (NamesOf(context) is { } names)
        {
            List<JsonNode> values = [.. names.Select(name => (JsonNode)name)];
            if (schema.Type?.HasFlag(JsonSchemaType.Array) == true)
            {
                schema.Enum = null;
                schema.Items = new OpenApiSchema { Type = JsonSchemaType.String, Enum = values };
            }
            else
            {
                schema.Enum = values;
            }
        }

        return Task.CompletedTask;
    }

    private static IReadOnlyList<string>? NamesOf(OpenApiSchemaTransformerContext context)
    {
        var provider = context.JsonPropertyInfo?.AttributeProvider
            ?? (context.ParameterDescription?.ParameterDescriptor as IParameterInfoParameterDescriptor)?.ParameterInfo;
        return provider?.GetCustomAttributes(typeof(OneOfAttribute), inherit: true) is [OneOfAttribute oneOf, ..] ? oneOf.Names : null;
    }
}
