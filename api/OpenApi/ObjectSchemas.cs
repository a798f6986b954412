using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.Tokens;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Workflows;

namespace TemporalDelivery.Api.OpenApi;

/// <summary>
/// Says of objects which members must be there. In a request these are the ones that are marked so, null will not do for them, texts are
/// bounded, and there is nothing else (aside of what other companies have the say of: webhooks and OAuth). In an answer all
/// are there but those that are optional, and a client must expect that there will be more.
/// </summary>
internal sealed class ObjectSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo;
        if (type.Kind != JsonTypeInfoKind.Object || schema.Properties is not { } members)
        {
            return Task.CompletedTask;
        }

        var isForeign = type.Type.IsAssignableTo(typeof(IForeignEvent)) || type.Type == typeof(TokenRequest);
        var isRequest = isForeign || type.Type == typeof(Address) || type.Type.Name.EndsWith("Request", StringComparison.Ordinal);
        var required = type.Properties.Where(property => isRequest ? IsNeeded(property) : IsAlwaysThere(property)).ToList();
        schema.Required = required.Select(property => property.Name).Where(members.ContainsKey).ToHashSet();
        schema.AdditionalPropertiesAllowed = !isRequest || isForeign;
        foreach (var property in type.Properties)
        {
            if (members.TryGetValue(property.Name, out var member) && member is OpenApiSchema said)
            {
                Describe(said, property);
                if (isRequest)
                {
                    Bound(said, property, required.Contains(property), isForeign);
                }
            }
        }

        return Task.CompletedTask;
    }

    private static bool IsNeeded(JsonPropertyInfo property) => Has<RequiredAttribute>(property) || !property.IsSetNullable;

    private static bool IsAlwaysThere(JsonPropertyInfo property) =>
        property.AssociatedParameter is { } parameter
            ? !parameter.HasDefaultValue && !Has<JsonIgnoreAttribute>(property)
            : property.IsRequired || property.Set is null;

    // The framework heeds these where it knows the type of a member, which it does not where a converter reads it.
    private static void Describe(OpenApiSchema schema, JsonPropertyInfo property)
    {
        schema.Pattern ??= Find<RegularExpressionAttribute>(property)?.Pattern;
        if (schema.Type?.HasFlag(JsonSchemaType.String) == true)
        {
            schema.MaxLength ??= Find<MaxLengthAttribute>(property)?.Length;
        }

        if (Find<AllowedValuesAttribute>(property) is { } allowed)
        {
            schema.Enum = [.. allowed.Values.Select(value => (JsonNode)(string)value!)];
        }

        if (Find<DeniedValuesAttribute>(property) is { } denied)
        {
            schema.Not = new OpenApiSchema { Enum = [.. denied.Values.Select(value => (JsonNode)(int)value!)] };
        }
    }

    private static void Bound(OpenApiSchema schema, JsonPropertyInfo property, bool isNeeded, bool isForeign)
    {
        if (isNeeded)
        {
            schema.Type &= ~JsonSchemaType.Null;
        }
        else if (schema.Enum is { Count: > 0 } names && schema.Type?.HasFlag(JsonSchemaType.Null) == true)
        {
            // To be null must be one of the values, too.
            names.Add(JsonNullSentinel.JsonNull);
        }

        if (
            schema.Type?.HasFlag(JsonSchemaType.String) == true
            && property.PropertyType == typeof(string)
            && !isForeign
            && schema.Enum is null
        )
        {
            schema.MaxLength ??= BoundedText.MaxLength;
            schema.Pattern ??= isNeeded ? BoundedText.NotBlank : BoundedText.Pattern;
        }
    }

    private static bool Has<T>(JsonPropertyInfo property)
        where T : Attribute => Find<T>(property) is not null;

    private static T? Find<T>(JsonPropertyInfo property)
        where T : Attribute => property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: true).OfType<T>().FirstOrDefault();
}
