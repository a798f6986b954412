namespace Temporal.Server.Matching;

/// <summary>A poll that waits for a task. Exactly one of a task, a time-out and a cancellation wins.</summary>
/// <param name="workerInstanceKey">Which worker polls; empty when it does not say.</param>
/// <param name="since">Since when.</param>
internal sealed class PollWaiter(string workerInstanceKey, DateTimeOffset since)
{
    private readonly TaskCompletionSource<TakenTask?> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Which worker polls; empty when it does not say.</summary>
    public string WorkerInstanceKey { get; } = workerInstanceKey;

    /// <summary>Since when.</summary>
    public DateTimeOffset Since { get; } = since;

    /// <summary>What came: a task, or null at its end.</summary>
    public Task<TakenTask?> Task => result.Task;

    /// <summary>Gives it a task; false when it has ended.</summary>
    public bool TryGive(TakenTask task) => result.TrySetResult(task);

    /// <summary>Ends it with nothing, unless it has a task.</summary>
    public void TryEnd() => result.TrySetResult(null);
}
