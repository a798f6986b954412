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
        var events = t.Added;
        return new RunWrite
        {
            Run = t.Run.Key,
            Version = t.Run.Version + 1,
            Events =
                events.Count == 0
                    ? []
                    :
                    [
                        new EventBatch(
                            events[0].EventId,
                            events.Count,
                            new Temporalio.Api.History.V1.History { Events = { events } }.ToByteArray()
                        ),
                    ],
            SideRecord = SideRecords.Save(state).ToByteArray(),
            Outstanding = items.Count == 0 ? (ReadOnlyMemory<byte>?)null : new Outstanding { Items = { items } }.ToByteArray(),
            NextWake = state.NextWake(),
            Visibility = VisibilityRecords.Of(t),
        };
    }
}
