using System.Collections.Concurrent;

namespace Temporal.Server.Matching;

/// <summary>All task queues. Held in memory; filled again from what the runs have outstanding when the server starts.</summary>
internal sealed class TaskQueues
{
    private static readonly TimeSpan StickyPollerExpected = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<TaskQueueKey, TaskQueue> queues = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> stoppedWorkers = new(StringComparer.Ordinal);
    private volatile bool stopping;

    /// <summary>The queues that have been used.</summary>
    public IEnumerable<KeyValuePair<TaskQueueKey, TaskQueue>> All => queues;

    /// <summary>A queue, created on first use.</summary>
    public TaskQueue Get(TaskQueueKey key) => queues.GetOrAdd(key, static _ => new TaskQueue());

    /// <summary>A queue if it has been used.</summary>
    public TaskQueue? Find(TaskQueueKey key) => queues.GetValueOrDefault(key);

    /// <summary>Puts a task on its queue; one for a sticky queue goes to the normal queue when nobody polls the sticky one.</summary>
    public void Offer(TaskQueueKey key, string normalQueue, DispatchTask task) => Get(Route(key, normalQueue)).Offer(task);

    /// <summary>Where a task goes: the sticky queue while its worker is alive, else the normal one.</summary>
    public TaskQueueKey Route(TaskQueueKey key, string normalQueue) =>
        key.Kind == TaskQueueKeyKind.StickyWorkflow && !(Find(key)?.HasPollerWithin(StickyPollerExpected) ?? false)
            ? new TaskQueueKey(key.NamespaceId, TaskQueueKeyKind.Workflow, normalQueue)
            : key;

    /// <summary>Takes a task; see <see cref="TaskQueue.TakeAsync"/>. A worker that was shut down gets nothing.</summary>
    public Task<DispatchTask?> TakeAsync(TaskQueueKey key, string identity, string workerInstanceKey, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (IsStopped(workerInstanceKey))
        {
            return Task.FromResult<DispatchTask?>(null);
        }

        var queue = Get(key);
        var taking = queue.TakeAsync(identity, workerInstanceKey, wait, cancellationToken);
        if (IsStopped(workerInstanceKey))
        {
            // It was stopped while this poll was on its way in.
            queue.EndPolls(stopping ? null : workerInstanceKey);
        }

        return taking;
    }

    /// <summary>A worker shuts down: its polls end with nothing, later ones too, and its sticky tasks go to the normal queue.</summary>
    public void StopWorker(string namespaceId, string workerInstanceKey, string stickyQueue, string normalQueue)
    {
        if (workerInstanceKey.Length > 0)
        {
            stoppedWorkers[workerInstanceKey] = DateTimeOffset.UtcNow;
            foreach (var queue in queues.Values)
            {
                queue.EndPolls(workerInstanceKey);
            }
        }

        if (stickyQueue.Length == 0)
        {
            return;
        }

        if (queues.TryRemove(new TaskQueueKey(namespaceId, TaskQueueKeyKind.StickyWorkflow, stickyQueue), out var sticky))
        {
            sticky.EndPolls(workerInstanceKey: null);
            foreach (var task in sticky.Unload())
            {
                Get(new TaskQueueKey(namespaceId, TaskQueueKeyKind.Workflow, normalQueue)).Offer(task);
            }
        }

        foreach (var (key, when) in stoppedWorkers)
        {
            if (when < DateTimeOffset.UtcNow - TimeSpan.FromHours(1))
            {
                stoppedWorkers.TryRemove(key, out _);
            }
        }
    }

    private bool IsStopped(string workerInstanceKey) => stopping || stoppedWorkers.ContainsKey(workerInstanceKey);

    /// <summary>The server stops: every poll, waiting or to come, ends with nothing.</summary>
    public void Stop()
    {
        stopping = true;
        foreach (var queue in queues.Values)
        {
            queue.EndPolls(workerInstanceKey: null);
        }
    }
}
