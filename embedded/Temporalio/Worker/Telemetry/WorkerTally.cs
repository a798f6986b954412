namespace Temporalio.Worker.Telemetry;

/// <summary>What the heartbeats of a worker tell of its work; counted whether or not there are metrics.</summary>
internal sealed class WorkerTally
{
    private int cacheHits;
    private int cacheMisses;
    private int cacheSize;

    internal TaskTally WorkflowTasks { get; } = new();

    internal TaskTally Activities { get; } = new();

    internal TaskTally LocalActivities { get; } = new();

    internal PollTally WorkflowPolls { get; } = new("workflow_task");

    internal PollTally StickyPolls { get; } = new("sticky_workflow_task");

    internal PollTally ActivityPolls { get; } = new("activity_task");

    internal int CacheHits => Volatile.Read(ref cacheHits);

    internal int CacheMisses => Volatile.Read(ref cacheMisses);

    /// <summary>Gets or sets the number of runs in memory.</summary>
    internal int CacheSize
    {
        get => Volatile.Read(ref cacheSize);
        set => Volatile.Write(ref cacheSize, value);
    }

    internal void CountCacheHit() => Interlocked.Increment(ref cacheHits);

    internal void CountCacheMiss() => Interlocked.Increment(ref cacheMisses);
}
