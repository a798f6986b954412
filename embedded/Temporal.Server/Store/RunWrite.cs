namespace Temporal.Server.Store;

/// <summary>
/// What one commit writes of one run. Everything that is not appended replaces what was there: a run is one row plus its
/// append-only event batches.
/// </summary>
public sealed record RunWrite
{
    /// <summary>The run written.</summary>
    public required RunKey Run { get; init; }

    /// <summary>
    /// The row's version after this write, starting at 1 with the write that creates the run. The store must find
    /// <c>Version - 1</c> (or no row for 1) and otherwise fail the whole commit with <see cref="StoreConflictException"/>.
    /// </summary>
    public required long Version { get; init; }

    /// <summary>Events to append, in order, following on the ones stored. Often one batch, sometimes none.</summary>
    public IReadOnlyList<EventBatch> Events { get; init; } = [];

    /// <summary>What history does not hold (activity attempts, buffered events, …), opaque to the store.</summary>
    public required ReadOnlyMemory<byte> SideRecord { get; init; }

    /// <summary>
    /// Work that must happen after the commit and must survive a crash: tasks to dispatch and messages to other runs, opaque to the
    /// store. Null when there is none. Read back in bulk at start by <see cref="IExecutionStore.ReadOutstandingAsync"/>.
    /// </summary>
    public ReadOnlyMemory<byte>? Outstanding { get; init; }

    /// <summary>When the run next has something to do by itself (timer, time-out, retry); null when it only waits for others.</summary>
    public DateTimeOffset? NextWake { get; init; }

    /// <summary>The run's line in lists, as of this commit.</summary>
    public required VisibilityRecord Visibility { get; init; }
}
