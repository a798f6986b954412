using System.Buffers;
using System.Text;
using System.Text.Json;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Visibility;

/// <summary>
/// A run's search attributes as the JSON object that PostgreSQL indexes. A key is the type's letter, a colon and the name, so a value
/// is never compared as a type that it is not; lists and words are arrays, times are ticks.
/// </summary>
internal static class IndexedAttributes
{
    public static string Key(string name, IndexedValueType type) =>
        type switch
        {
            IndexedValueType.Keyword => "k:" + name,
            IndexedValueType.KeywordList => "l:" + name,
            IndexedValueType.Text => "t:" + name,
            IndexedValueType.Int => "i:" + name,
            IndexedValueType.Double => "d:" + name,
            IndexedValueType.Bool => "b:" + name,
            IndexedValueType.Datetime => "m:" + name,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, $"The search attribute {name} has no type."),
        };

    public static string ToJson(SearchAttributes attributes)
    {
        if (attributes.IndexedFields.Count == 0)
        {
            return "{}";
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, payload) in attributes.IndexedFields)
            {
                if (
                    IndexedValue.TypeOf(payload) is not IndexedValueType.Unspecified and var type
                    && IndexedValue.Read(payload, type) is { } value
                )
                {
                    json.WritePropertyName(Storable(Key(name, type)));
                    Write(json, value);
                }
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The object that holds just this value; a row's object contains it exactly when the row matches.</summary>
    public static string Containing(SearchAttributeColumn column, object value)
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName(Storable(Key(column.Name, column.Type)));
            Write(json, column.Type is IndexedValueType.KeywordList or IndexedValueType.Text ? new[] { (string)value } : value);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case string text:
                json.WriteStringValue(Storable(text));
                break;
            case string[] several:
                json.WriteStartArray();
                foreach (var item in several)
                {
                    json.WriteStringValue(Storable(item));
                }

                json.WriteEndArray();
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case DateTimeOffset time:
                json.WriteNumberValue(time.UtcTicks);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    // PostgreSQL stores no NUL character.
    private static string Storable(string text) => text.Replace('\0', '\uFFFD');
}
