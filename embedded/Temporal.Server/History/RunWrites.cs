using Google.Protobuf;
using Temporal.Server.History.Records;
using Temporal.Server.History.State;
using Temporal.Server.Store;

namespace Temporal.Server.History;

/// <summary>What a transition writes of its run.</summary>
internal static class RunWrites
{
    /// <summary>The write: new events, and all else as it is now.</summary>
    public static RunWrite Of(Transition t, List<OutstandingItem> items)
    {
        var state = t.State;
        return new RunWrite
        {
            Run = t.Run.Key,
            Version = t.Run.Version + 1,
            Events = t.Added.Count == 0
                ? []
                : [new EventBatch(t.Added[0].EventId, t.Added.Count, new Temporalio.Api.History.V1.History { Events = { t.Added } }.ToByteArray())],
            SideRecord = SideRecords.Save(state).ToByteArray(),
            Outstanding = items.Count == 0 ? (ReadOnlyMemory<byte>?)null : new Outstanding { Items = { items } }.ToByteArray(),
            NextWake = state.NextWake(),
            Visibility = VisibilityRecords.Of(t),
        };
    }
}
