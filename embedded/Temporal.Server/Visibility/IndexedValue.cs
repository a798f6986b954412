using System.Text.Json;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Visibility;

/// <summary>
/// A search attribute's payload as the value that filters compare: the types of <see cref="FilterValues"/>, with string[] for a list.
/// </summary>
internal static class IndexedValue
{
    /// <summary>The type that the payload declares in its metadata, or unspecified.</summary>
    public static IndexedValueType TypeOf(Payload payload) =>
        payload.Metadata.TryGetValue("type", out var type)
            ? type.ToStringUtf8() switch
            {
                "Text" or "INDEXED_VALUE_TYPE_TEXT" => IndexedValueType.Text,
                "Keyword" or "INDEXED_VALUE_TYPE_KEYWORD" => IndexedValueType.Keyword,
                "Int" or "INDEXED_VALUE_TYPE_INT" => IndexedValueType.Int,
                "Double" or "INDEXED_VALUE_TYPE_DOUBLE" => IndexedValueType.Double,
                "Bool" or "INDEXED_VALUE_TYPE_BOOL" => IndexedValueType.Bool,
                "Datetime" or "INDEXED_VALUE_TYPE_DATETIME" => IndexedValueType.Datetime,
                "KeywordList" or "INDEXED_VALUE_TYPE_KEYWORD_LIST" => IndexedValueType.KeywordList,
                _ => IndexedValueType.Unspecified,
            }
            : IndexedValueType.Unspecified;

    /// <summary>The payload's value as that type; null when there is none, or it is of another type.</summary>
    public static object? Read(Payload payload, IndexedValueType type)
    {
        if (payload.Data.IsEmpty)
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(payload.Data.Memory);
            return Convert(json.RootElement, type);
        }
        catch (JsonException)
        {
            // Not JSON: the attribute has no value that a filter could compare.
            return null;
        }
    }

    private static object? Convert(JsonElement value, IndexedValueType type)
    {
        if (type == IndexedValueType.KeywordList)
        {
            string[] items =
                value.ValueKind == JsonValueKind.Array
                    ? [.. value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
                : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
                : [];
            return items.Length > 0 ? items : null;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            // Older clients wrap the one value in a list.
            return value.GetArrayLength() == 1 ? Convert(value[0], type) : null;
        }

        return (type, value.ValueKind) switch
        {
            (IndexedValueType.Keyword, JsonValueKind.String) => value.GetString(),
            (IndexedValueType.Text, JsonValueKind.String) => TextWords.Of(value.GetString()!),
            (IndexedValueType.Int, JsonValueKind.Number) => value.TryGetInt64(out var whole) ? whole : null,
            (IndexedValueType.Double, JsonValueKind.Number) => value.GetDouble(),
            (IndexedValueType.Bool, JsonValueKind.True) => true,
            (IndexedValueType.Bool, JsonValueKind.False) => false,
            (IndexedValueType.Datetime, JsonValueKind.String) => Rfc3339.Parse(value.GetString()!),
            _ => null,
        };
    }
}
