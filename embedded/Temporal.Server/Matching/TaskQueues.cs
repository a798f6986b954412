using System.Collections.Concurrent;

namespace Temporal.Server.Matching;

/// <summary>All task queues. Held in memory; filled again from what the runs have outstanding when the server starts.</summary>
/// <param name="capacity">Tasks that one queue holds in memory.</param>
/// <param name="settings">When workers are advised to poll more or less.</param>
/// <param name="clock">Tells how long things wait.</param>
internal sealed class TaskQueues(int capacity, MatchingSettings settings, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan StickyPollerExpected = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan UnusedForgotten = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<TaskQueueKey, TaskQueue> queues = new();
    private readonly StoppedWorkers stoppedWorkers = new();
    private volatile bool stopping;

    /// <summary>Raised when a queue has room again for tasks that are only in the store. Handlers must not wait.</summary>
    public event Action<TaskQueueKey>? Drained;

    /// <summary>A queue, created on first use.</summary>
    public TaskQueue Get(TaskQueueKey key) =>
        queues.GetOrAdd(key, key => new TaskQueue(capacity, settings, clock, () => Drained?.Invoke(key)));

    /// <summary>A queue if it has been used.</summary>
    public TaskQueue? Find(TaskQueueKey key) => queues.GetValueOrDefault(key);

    /// <summary>Puts a task on its queue; one for a sticky queue goes to the normal queue when nobody polls the sticky one.</summary>
    public void Offer(TaskQueueKey key, string normalQueue, DispatchTask task)
    {
        // A queue that retires at this moment is looked for again, and the task goes where it goes without that one.
        for (var target = Route(key, normalQueue); !TryOffer(target, normalQueue, task); target = Route(key, normalQueue))
        {
            Forget(target);
        }
    }

    /// <summary>Takes a task back that was taken but could not be handed out.</summary>
    public void PutBack(TaskQueueKey key, string normalQueue, DispatchTask task)
    {
        if (Prepare(key, normalQueue)?.PutBack(task) != true)
        {
            Offer(key, normalQueue, task);
        }
    }

    /// <summary>Where a task goes: the sticky queue while its worker is alive, else the normal one.</summary>
    public TaskQueueKey Route(TaskQueueKey key, string normalQueue) =>
        key.Kind == TaskQueueKeyKind.StickyWorkflow && !(Find(key)?.HasPollerWithin(StickyPollerExpected) ?? false)
            ? new TaskQueueKey(key.NamespaceId, TaskQueueKeyKind.Workflow, normalQueue)
            : key;

    /// <summary>Takes a task, waiting for one up to the given time. A worker that was shut down gets nothing.</summary>
    /// <param name="key">The queue.</param>
    /// <param name="normalQueue">Of a sticky queue: where its tasks go when its worker is gone.</param>
    /// <param name="poller">Who asks.</param>
    /// <param name="wait">How long.</param>
    /// <param name="cancellationToken">The caller is gone.</param>
    /// <returns>The task; null when none came, or the poll was ended.</returns>
    /// <exception cref="OperationCanceledException">The caller is gone; no task was taken.</exception>
    public async Task<TakenTask?> TakeAsync(
        TaskQueueKey key,
        string normalQueue,
        Poller poller,
        TimeSpan wait,
        CancellationToken cancellationToken
    )
    {
        if (IsStopped(poller))
        {
            return null;
        }

        var queue = Get(key);
        var taking = queue.TakeAsync(poller, wait, cancellationToken);
        if (IsStopped(poller))
        {
            // It was stopped while this poll was on its way in.
            queue.EndPolls(stopping ? null : poller.WorkerInstanceKey);
        }

        var taken = await taking.ConfigureAwait(false);
        if (taken is not null && cancellationToken.IsCancellationRequested)
        {
            PutBack(key, normalQueue, taken.Task);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return taken;
    }

    /// <summary>A worker shuts down: its polls end with nothing, later ones too, and its sticky tasks go to the normal queue.</summary>
    public void StopWorker(string namespaceId, string workerInstanceKey, string stickyQueue, string normalQueue)
    {
        if (workerInstanceKey.Length > 0)
        {
            stoppedWorkers.Add(workerInstanceKey);
            foreach (var queue in queues.Values)
            {
                queue.EndPolls(workerInstanceKey);
            }
        }

        if (
            stickyQueue.Length > 0
            && queues.TryRemove(new TaskQueueKey(namespaceId, TaskQueueKeyKind.StickyWorkflow, stickyQueue), out var sticky)
        )
        {
            var normal = normalQueue.Length > 0 ? normalQueue : sticky.NormalQueue;
            foreach (var task in sticky.Retire())
            {
                Offer(new TaskQueueKey(namespaceId, TaskQueueKeyKind.Workflow, normal), normalQueue: "", task);
            }
        }

        ForgetUnused();
    }

    /// <summary>The server stops: every poll, waiting or to come, ends with nothing.</summary>
    public void Stop()
    {
        stopping = true;
        foreach (var queue in queues.Values)
        {
            queue.EndPolls(workerInstanceKey: null);
        }
    }

    /// <summary>Forgets a queue whose life is over, so that the next one of its name takes its place.</summary>
    public void Forget(TaskQueueKey key)
    {
        if (Find(key) is { IsRetired: true } retired)
        {
            queues.TryRemove(new KeyValuePair<TaskQueueKey, TaskQueue>(key, retired));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var queue in queues.Values)
        {
            queue.Dispose();
        }
    }

    private bool TryOffer(TaskQueueKey target, string normalQueue, DispatchTask task) => Prepare(target, normalQueue)?.Offer(task) == true;

    // A sticky queue that holds a task knows where it goes from there. One that has just gone is not made again: nobody would ask it for
    // tasks.
    private TaskQueue? Prepare(TaskQueueKey key, string normalQueue)
    {
        if (key.Kind != TaskQueueKeyKind.StickyWorkflow)
        {
            return Get(key);
        }

        var sticky = Find(key);
        if (sticky is not null)
        {
            sticky.NormalQueue = normalQueue;
        }

        return sticky;
    }

    private bool IsStopped(Poller poller) => stopping || stoppedWorkers.Contains(poller.WorkerInstanceKey);

    // Workers that die leave their sticky queues behind.
    private void ForgetUnused()
    {
        foreach (var (key, queue) in queues)
        {
            if (queue.TryRetireIdle(UnusedForgotten))
            {
                queues.TryRemove(new KeyValuePair<TaskQueueKey, TaskQueue>(key, queue));
            }
        }
    }
}
