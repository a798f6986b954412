using System.Text;
using System.Text.Json;
using Google.Protobuf.Reflection;
using Temporalio.Api.Common.V1;

namespace Temporalio.Common;

/// <summary>
/// Command-line tools may write payloads as what they contain: a list of arguments as <c>["a", 1]</c> rather than as messages with encoded bytes (the Go
/// API's <c>common/v1/payload_json.go</c>). This writes the messages again.
/// </summary>
internal static class PayloadShorthand
{
    private const string MessageType = "_protoMessageType";

    /// <summary>Writes a value in place of a message if it is one of the two short forms.</summary>
    /// <returns>Whether it was, and is written.</returns>
    internal static bool TryWrite(Utf8JsonWriter writer, JsonElement json, MessageDescriptor message)
    {
        if (message == Payloads.Descriptor && json.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("payloads");
            foreach (var item in json.EnumerateArray())
            {
                if (!TryWrite(writer, item, Payload.Descriptor))
                {
                    item.WriteTo(writer);
                }
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            return true;
        }

        if (message != Payload.Descriptor || IsMessage(json))
        {
            return false;
        }

        WritePayload(writer, json);
        return true;
    }

    // The metadata of a message are never missing, save for an empty one.
    private static bool IsMessage(JsonElement json) => json.ValueKind == JsonValueKind.Object &&
        (json.TryGetProperty("metadata", out var metadata)
            ? metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty("encoding", out var encoding) && encoding.ValueKind == JsonValueKind.String
            : !json.EnumerateObject().Any());

    private static void WritePayload(Utf8JsonWriter writer, JsonElement json)
    {
        var isProto = json.ValueKind == JsonValueKind.Object && json.TryGetProperty(MessageType, out _);
        writer.WriteStartObject();
        writer.WriteStartObject("metadata");
        Write(writer, "encoding", json.ValueKind == JsonValueKind.Null ? "binary/null" : isProto ? "json/protobuf" : "json/plain");
        if (isProto)
        {
            Write(writer, "messageType", json.GetProperty(MessageType).ToString());
        }

        writer.WriteEndObject();
        if (json.ValueKind != JsonValueKind.Null)
        {
            writer.WriteBase64String("data", isProto ? WithoutType(json) : Encoding.UTF8.GetBytes(json.GetRawText()));
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string key, string text) => writer.WriteBase64String(key, Encoding.UTF8.GetBytes(text));

    private static byte[] WithoutType(JsonElement json) => JsonSerializer.SerializeToUtf8Bytes(
        json.EnumerateObject().Where(property => property.Name != MessageType).ToDictionary(property => property.Name, property => property.Value));
}
