namespace Temporal.Server.Store;

/// <summary>Consecutive events that one commit appended to a run's history.</summary>
/// <param name="FirstEventId">Id of the first event, 1 for the very first batch.</param>
/// <param name="Count">How many events; the next batch starts at <c>FirstEventId + Count</c>.</param>
/// <param name="Data">The events, serialised as one <c>temporal.api.history.v1.History</c>.</param>
public readonly record struct EventBatch(long FirstEventId, int Count, ReadOnlyMemory<byte> Data)
{
    /// <summary>Id of the last event in the batch.</summary>
    public long LastEventId => FirstEventId + Count - 1;
}
