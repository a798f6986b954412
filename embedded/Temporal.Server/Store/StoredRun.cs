namespace Temporal.Server.Store;

/// <summary>A run as loaded: replaying <paramref name="Events"/> and laying the side record over it restores its state.</summary>
/// <param name="Run">The run.</param>
/// <param name="Version">The row's version; the next write is one more.</param>
/// <param name="Events">All its batches in order.</param>
/// <param name="SideRecord">What history does not hold, as last written.</param>
public sealed record StoredRun(RunKey Run, long Version, IReadOnlyList<EventBatch> Events, ReadOnlyMemory<byte> SideRecord);

/// <summary>What a run still has to do, read in bulk at start without loading the run.</summary>
/// <param name="Run">The run.</param>
/// <param name="NextWake">See <see cref="RunWrite.NextWake"/>.</param>
/// <param name="Outstanding">See <see cref="RunWrite.Outstanding"/>.</param>
public sealed record OutstandingRun(RunKey Run, DateTimeOffset? NextWake, ReadOnlyMemory<byte>? Outstanding);
