using System.Collections.Concurrent;
using Temporal.Server.History.Records;
using Temporal.Server.Matching;
using Temporal.Server.Store;

namespace Temporal.Server.History;

/// <summary>
/// Reads tasks again that did not fit into their queue, when there is room for them. What comes twice is noticed when a worker takes it.
/// </summary>
internal sealed class QueueRefills : IAsyncDisposable
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    private readonly IExecutionStore store;
    private readonly TaskQueues queues;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<TaskQueueKey, Task> running = new();

    /// <summary>Refills queues from now on.</summary>
    public QueueRefills(IExecutionStore store, TaskQueues queues, ILogger logger)
    {
        this.store = store;
        this.queues = queues;
        this.logger = logger;
        queues.Drained += Begin;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        queues.Drained -= Begin;
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running.Values).ConfigureAwait(false);
        stop.Dispose();
    }

    private void Begin(TaskQueueKey key)
    {
        // One at a time; it looks again when it is done.
        var turn = new TaskCompletionSource();
        if (!stop.IsCancellationRequested && running.TryAdd(key, turn.Task))
        {
            _ = Task.Run(() => RunAsync(key, turn));
        }
    }

    private async Task RunAsync(TaskQueueKey key, TaskCompletionSource turn)
    {
        try
        {
            while (!stop.IsCancellationRequested && queues.Find(key) is { } queue && queue.BeginRefill() is { } held)
            {
                await RefillAsync(key, queue, held).ConfigureAwait(false);
            }
        }
        finally
        {
            running.TryRemove(key, out _);
            turn.SetResult();
        }

        queues.Find(key)?.Remind();
    }

    private async Task RefillAsync(TaskQueueKey key, TaskQueue queue, IReadOnlySet<DispatchTask> held)
    {
        try
        {
            await foreach (var run in store.ReadOutstandingAsync(stop.Token).ConfigureAwait(false))
            {
                foreach (var item in run.Outstanding is { } bytes ? Outstanding.Parser.ParseFrom(bytes.Span).Items : [])
                {
                    if (
                        DispatchedItem.Of(run.Run, item) is { } dispatched
                        && queues.Route(dispatched.Queue, dispatched.NormalQueue) == key
                        && !held.Contains(dispatched.Task)
                        && !queue.TryRefill(dispatched.Task)
                    )
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            queue.NoteMissed();
            if (!stop.IsCancellationRequested)
            {
                EngineLog.RefillFailed(logger, key.Name, error);
                await Task.Delay(TryAgainAfter, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
