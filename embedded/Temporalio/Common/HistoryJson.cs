using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Google.Protobuf.Reflection;
using Temporalio.Api.History.V1;

namespace Temporalio.Common;

/// <summary>
/// Histories in JSON come in two dialects: that of protobuf, with <c>EVENT_TYPE_TIMER_FIRED</c>, and that of older tools, with <c>TimerFired</c>.
/// This turns the second into the first, guided by the messages' descriptors. Some tools leave out the object around the events; others write payloads as
/// what they contain.
/// </summary>
internal static class HistoryJson
{
    private static readonly ConcurrentDictionary<MessageDescriptor, Dictionary<string, FieldDescriptor>> FieldsByName = new();

    private static readonly ConcurrentDictionary<EnumDescriptor, Dictionary<string, string>> ShortNames = new();

    /// <exception cref="JsonException">It is neither an object nor a list of events.</exception>
    internal static string Normalize(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            throw new JsonException($"a history is an object or a list of events, not {root.ValueKind}");
        }

        var buffer = new ArrayBufferWriter<byte>(json.Length);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            if (root.ValueKind == JsonValueKind.Array)
            {
                writer.WriteStartObject();
                writer.WritePropertyName("events");
                WriteField(writer, root, History.Descriptor.FindFieldByNumber(History.EventsFieldNumber));
                writer.WriteEndObject();
            }
            else
            {
                WriteMessage(writer, root, History.Descriptor);
            }
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteMessage(Utf8JsonWriter writer, JsonElement json, MessageDescriptor message)
    {
        if (PayloadShorthand.TryWrite(writer, json, message))
        {
            return;
        }

        // Well-known types have JSON forms of their own, which both dialects share.
        if (json.ValueKind != JsonValueKind.Object || message.File.Package == "google.protobuf")
        {
            json.WriteTo(writer);
            return;
        }

        var fields = FieldsByName.GetOrAdd(message, FieldsByNameOf);
        writer.WriteStartObject();
        foreach (var property in json.EnumerateObject())
        {
            writer.WritePropertyName(property.Name);
            WriteField(writer, property.Value, fields.GetValueOrDefault(property.Name));
        }

        writer.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter writer, JsonElement json, FieldDescriptor? field)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Array when field is { IsRepeated: true, IsMap: false }:
                writer.WriteStartArray();
                foreach (var item in json.EnumerateArray())
                {
                    WriteSingle(writer, item, field);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Object when field is { IsMap: true }:
                var valueField = field.MessageType.FindFieldByNumber(2);
                writer.WriteStartObject();
                foreach (var entry in json.EnumerateObject())
                {
                    writer.WritePropertyName(entry.Name);
                    WriteSingle(writer, entry.Value, valueField);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Null:
                writer.WriteNullValue();
                break;
            default:
                WriteSingle(writer, json, field);
                break;
        }
    }

    private static void WriteSingle(Utf8JsonWriter writer, JsonElement json, FieldDescriptor? field)
    {
        if (field?.FieldType == FieldType.Message)
        {
            WriteMessage(writer, json, field.MessageType);
        }
        else if (field?.FieldType == FieldType.Enum && json.ValueKind == JsonValueKind.String)
        {
            var name = json.GetString()!;
            writer.WriteStringValue(ShortNames.GetOrAdd(field.EnumType, ShortNamesOf).GetValueOrDefault(name, name));
        }
        else
        {
            json.WriteTo(writer);
        }
    }

    // JSON may use either form of a field's name.
    private static Dictionary<string, FieldDescriptor> FieldsByNameOf(MessageDescriptor message)
    {
        var fields = new Dictionary<string, FieldDescriptor>();
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            fields[field.JsonName] = field;
            fields[field.Name] = field;
        }

        return fields;
    }

    private static Dictionary<string, string> ShortNamesOf(EnumDescriptor type) => type.ClrType.GetFields()
        .Where(field => field.IsLiteral)
        .ToDictionary(field => field.Name, field => type.FindValueByNumber((int)field.GetRawConstantValue()!).Name);
}
