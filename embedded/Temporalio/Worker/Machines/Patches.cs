using Google.Protobuf;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Worker.Events;

namespace Temporalio.Worker.Machines;

/// <summary>The patches that a run has met, and the commands of a new one.</summary>
internal sealed class Patches(IMachineHost host)
{
    // A search attribute value may not be larger; the server would fail the task.
    private const int LargestVersionAttribute = 2048;

    // Value: whether this run has issued the marker's command.
    private readonly SortedDictionary<string, bool> known = new(StringComparer.Ordinal);

    /// <summary>Notes a marker that lies ahead in history.</summary>
    internal void OnMarkerAhead(string patchId) => known.TryAdd(patchId, false);

    /// <summary>Issues the marker, once per run, and the search attribute that lists all patches.</summary>
    internal void Set(string patchId, bool deprecated)
    {
        var inHistory = known.TryGetValue(patchId, out var issued);
        if (issued)
        {
            return;
        }
        var before = known.Where(entry => entry.Value).Select(entry => entry.Key);
        var versions = new SortedSet<string>(before, StringComparer.Ordinal) { patchId };
        _ = new PatchMachine(host, new(patchId, deprecated));
        known[patchId] = true;

        var upserts = host.Flags.Applies(SdkFlags.UpsertSearchAttributeOnPatch, host.IsReplaying) &&
            (!host.IsReplaying || inHistory);
        var value = MarkerPayload.Json(versions);
        if (upserts && value.Data.Length < LargestVersionAttribute)
        {
            value.Metadata["type"] = ByteString.CopyFromUtf8("KeywordList");
            _ = new OneEventMachine(host, Upsert(value), EventType.UpsertWorkflowSearchAttributes);
        }
    }

    private static Command Upsert(Api.Common.V1.Payload value) => new()
    {
        CommandType = CommandType.UpsertWorkflowSearchAttributes,
        UpsertWorkflowSearchAttributesCommandAttributes = new()
        {
            SearchAttributes = new() { IndexedFields = { [PatchMarker.SearchAttribute] = value } },
        },
    };
}
