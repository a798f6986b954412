using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Temporal.Server.Http.Json;

/// <summary>
/// The HTTP API's short form of payloads: the JSON value itself instead of its base64. An object with a <c>metadata</c> key is a payload
/// in its long form; <c>_protoMessageType</c> marks a protobuf message.
/// </summary>
internal static class PayloadShorthand
{
    private const string ProtoType = "_protoMessageType";

    // Data is for programs and logs, not for a page: no character needs hiding.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The payload's long form.</summary>
    public static JsonNode Expand(JsonNode? value)
    {
        if (value is JsonObject { } whole && whole.ContainsKey("metadata"))
        {
            return whole.DeepClone();
        }

        if (value is null)
        {
            return Payload("binary/null", messageType: null, data: []);
        }

        if (value is JsonObject proto && proto[ProtoType] is JsonValue name && name.TryGetValue<string>(out var type))
        {
            var message = (JsonObject)proto.DeepClone();
            message.Remove(ProtoType);
            return Payload("json/protobuf", type, Utf8(message));
        }

        return Payload("json/plain", messageType: null, Utf8(value));
    }

    /// <summary>The payload's short form, where it says as much as the long one.</summary>
    /// <returns>Whether it has one.</returns>
    public static bool TryShorten(JsonObject payload, out JsonNode? value)
    {
        value = null;
        if (payload["metadata"] is not JsonObject metadata || Text(metadata["encoding"]) is not { } encoding)
        {
            return false;
        }

        var data = Bytes(payload["data"]);
        switch (encoding, metadata.Count)
        {
            case ("binary/null", 1) when data.Length == 0:
                return true;
            case ("json/plain", 1):
                return TryParse(data, out value) && value is not null && !IsAmbiguous(value);
            case ("json/protobuf", 2)
                when Text(metadata["messageType"]) is { } type
                    && TryParse(data, out value)
                    && value is JsonObject message
                    && !IsAmbiguous(message):
                message.Insert(0, ProtoType, type);
                return true;
            default:
                return false;
        }
    }

    private static JsonObject Payload(string encoding, string? messageType, byte[] data)
    {
        var metadata = new JsonObject { ["encoding"] = Base64(encoding) };
        if (messageType is not null)
        {
            metadata["messageType"] = Base64(messageType);
        }

        return new JsonObject { ["metadata"] = metadata, ["data"] = Convert.ToBase64String(data) };
    }

    private static bool IsAmbiguous(JsonNode value) =>
        value is JsonObject known && (known.ContainsKey("metadata") || known.ContainsKey(ProtoType));

    private static bool TryParse(byte[] data, out JsonNode? value)
    {
        try
        {
            value = JsonNode.Parse(data, documentOptions: RequestJson.Strict);
            return true;
        }
        catch (JsonException)
        {
            // Another encoder's idea of JSON: it is shown as the bytes that it is.
            value = null;
            return false;
        }
    }

    private static byte[] Utf8(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString(Readable));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(JsonNode? base64) => base64 is null ? [] : Convert.FromBase64String(base64.GetValue<string>());

    private static string? Text(JsonNode? base64) => base64 is null ? null : Encoding.UTF8.GetString(Bytes(base64));
}
