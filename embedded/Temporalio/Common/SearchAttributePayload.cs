using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Converters;

namespace Temporalio.Common;

/// <summary>A search attribute on the wire: JSON, its type in the metadata. Servers do not use the client's converter.</summary>
internal static class SearchAttributePayload
{
    private static readonly Dictionary<ByteString, IndexedValueType> TypeByName = NamesOf()
        .ToDictionary(each => ByteString.CopyFromUtf8(each.Name), each => each.Type);

    private static readonly Dictionary<IndexedValueType, ByteString> NameByType =
        Enum.GetValues<IndexedValueType>().ToDictionary(each => each, each => ByteString.CopyFromUtf8(each.ToString()));

    /// <summary>The value and its type, or null where an old server has left a null.</summary>
    /// <exception cref="ArgumentException">The type is missing or unknown, or the JSON does not fit it.</exception>
    internal static (object Value, IndexedValueType Type)? Read(Payload payload)
    {
        if (!payload.Metadata.TryGetValue("type", out var name))
        {
            throw new ArgumentException("Metadata type missing");
        }

        if (!TypeByName.TryGetValue(name, out var type))
        {
            throw new ArgumentException($"Unrecognized metadata type {name.ToStringUtf8()}");
        }

        return DataConverter.Default.PayloadConverter.ToValue<JsonElement?>(payload) is { ValueKind: not JsonValueKind.Null } json
            ? (Read(json, type), type)
            : null;
    }

    internal static Payload Write(SearchAttributeKey key, object? value)
    {
        var payload = DataConverter.Default.PayloadConverter.ToPayload(value);
        payload.Metadata["type"] = NameByType[key.ValueType];
        return payload;
    }

    private static object Read(JsonElement json, IndexedValueType type) => json.ValueKind switch
    {
        JsonValueKind.Array => json.EnumerateArray().Select(each => Read(each, type)).OfType<string>().ToList(),
        JsonValueKind.True or JsonValueKind.False => json.GetBoolean(),
        JsonValueKind.Number when type == IndexedValueType.Int => json.GetInt64(),
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.String when type == IndexedValueType.Datetime && json.TryGetDateTimeOffset(out var moment) => moment,
        JsonValueKind.String => json.GetString()!,
        _ => throw new ArgumentException($"Unexpected search attribute kind {json.ValueKind}"),
    };

    // "Keyword" today, "INDEXED_VALUE_TYPE_KEYWORD" from older code.
    private static IEnumerable<(string Name, IndexedValueType Type)> NamesOf() =>
        typeof(IndexedValueType).GetFields()
            .Where(field => field.IsLiteral)
            .SelectMany(field =>
            {
                var type = (IndexedValueType)field.GetValue(null)!;
                var original = (Google.Protobuf.Reflection.OriginalNameAttribute)
                    field.GetCustomAttributes(typeof(Google.Protobuf.Reflection.OriginalNameAttribute), false).Single();
                return new[] { (field.Name, type), (original.Name, type) };
            });
}
