using System.Globalization;
using System.Text.Json.Nodes;

namespace Temporalio.Tests.Worker;

/// <summary>Writes a history as older tools do: a list of events, short enum names, payloads as what they contain.</summary>
internal static class OlderSpelling
{
    private static readonly string[] EnumPrefixes = ["EVENT_TYPE_", "TASK_QUEUE_KIND_", "TIMEOUT_TYPE_", "RETRY_STATE_", "PARENT_CLOSE_POLICY_"];

    internal static string Of(string json) => Respell(JsonNode.Parse(json)!["events"]!)!.ToJsonString();

    private static JsonNode? Respell(JsonNode? node) => node switch
    {
        JsonObject payloads when payloads["payloads"] is JsonArray items => new JsonArray([.. items.Select(Respell)]),
        JsonObject payload when Encoding(payload) == "json/plain" && payload["metadata"]!.AsObject().Count == 1 => JsonNode.Parse(Bytes(payload["data"]!)),
        JsonObject message => new JsonObject(message.Select(field => KeyValuePair.Create(field.Key, Respell(field.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Respell)]),
        JsonValue value when value.TryGetValue<string>(out var text) && EnumPrefixes.FirstOrDefault(text.StartsWith) is { } prefix =>
            CultureInfo.InvariantCulture.TextInfo.ToTitleCase(text[prefix.Length..].ToLowerInvariant()).Replace("_", string.Empty, StringComparison.Ordinal),
        _ => node?.DeepClone(),
    };

    private static string? Encoding(JsonObject payload) =>
        payload["metadata"] is JsonObject metadata && metadata["encoding"] is { } encoding ? System.Text.Encoding.UTF8.GetString(Bytes(encoding)) : null;

    private static byte[] Bytes(JsonNode base64) => Convert.FromBase64String(base64.GetValue<string>());
}
