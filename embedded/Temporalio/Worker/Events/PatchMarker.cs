using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Worker.Events;

/// <summary>The marker of a patch, in the format of sdk-core: <c>core_patch</c> with JSON details.</summary>
/// <param name="PatchId">The patch.</param>
/// <param name="Deprecated">Whether only its deprecation is left in the code.</param>
internal sealed record PatchMarker(
    [property: JsonPropertyName("id")] string PatchId,
    [property: JsonPropertyName("deprecated")] bool Deprecated)
{
    internal const string SearchAttribute = "TemporalChangeVersion";
    private const string Name = "core_patch";
    private const string Key = "patch-data";

    internal static bool TryRead(HistoryEvent e, out PatchMarker marker)
    {
        marker = null!;
        if (e.MarkerRecordedEventAttributes is not { MarkerName: Name } attributes)
        {
            return false;
        }
        if (MarkerPayload.Single(attributes, Key) is { } json)
        {
            marker = JsonSerializer.Deserialize<PatchMarker>(json.Data.Span)!;
            return marker != null;
        }

        // Before JSON, sdk-core wrote the two fields as plain bytes.
        if (MarkerPayload.Single(attributes, "patch_id") is not { } id ||
            MarkerPayload.Single(attributes, "deprecated") is not { } deprecated)
        {
            return false;
        }
        marker = new(id.Data.ToString(Encoding.UTF8), deprecated.Data is { Length: > 0 } and [not 0, ..]);
        return true;
    }

    internal Command ToCommand() => new()
    {
        CommandType = Api.Enums.V1.CommandType.RecordMarker,
        RecordMarkerCommandAttributes = new()
        {
            MarkerName = Name,
            Details = { [Key] = new Payloads { Payloads_ = { MarkerPayload.Json(this) } } },
        },
    };
}

/// <summary>Payloads inside of markers, which no user's converter or codec touches.</summary>
internal static class MarkerPayload
{
    internal static Payload? Single(MarkerRecordedEventAttributes attributes, string key) =>
        attributes.Details.TryGetValue(key, out var payloads) ? payloads.Payloads_.FirstOrDefault() : null;

    internal static Payload Json<T>(T value) => new()
    {
        Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain") },
        Data = UnsafeByteOperations.UnsafeWrap(JsonSerializer.SerializeToUtf8Bytes(value)),
    };
}
