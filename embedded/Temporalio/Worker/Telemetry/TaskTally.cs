namespace Temporalio.Worker.Telemetry;

/// <summary>How many tasks of one kind a worker has had, and how many of them failed.</summary>
internal sealed class TaskTally
{
    private long processed;
    private long failed;

    internal long Processed => Interlocked.Read(ref processed);

    internal long Failed => Interlocked.Read(ref failed);

    /// <summary>A task has been run, however it ended.</summary>
    internal void CountProcessed() => Interlocked.Increment(ref processed);

    /// <summary>The task has failed.</summary>
    internal void CountFailed() => Interlocked.Increment(ref failed);
}
