namespace Temporalio.Worker.Telemetry;

/// <summary>How many tasks of one kind a worker has had, and how many of them failed.</summary>
internal sealed class TaskTally
{
    private long processed;
    private long failed;

    /// <summary>Gets both numbers, of which the failed ones are among the processed.</summary>
    internal (long Processed, long Failed) Read()
    {
        // A task is counted as processed first: the other way round one that fails meanwhile would only be among the failed.
        var failedSoFar = Interlocked.Read(ref failed);
        return (Interlocked.Read(ref processed), failedSoFar);
    }

    /// <summary>A task has been run, however it ended.</summary>
    internal void CountProcessed() => Interlocked.Increment(ref processed);

    /// <summary>The task, counted as processed, has failed.</summary>
    internal void CountFailed() => Interlocked.Increment(ref failed);
}
