namespace Temporal.Server.Store.Postgres;

/// <summary>
/// Commits waiting for a committer, in order of arrival. A batch never holds two commits with a key in common, nor one whose key is in
/// flight: so conditions of one batch do not depend on each other, and an unsettled batch holds back whatever builds on it.
/// </summary>
internal sealed class CommitQueue(int capacity, int batchCommits)
{
    // Beyond that a round trip is no longer what costs.
    private const long BatchBytes = 8 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly LinkedList<PendingCommit> waiting = new();
    private readonly Stack<TaskCompletionSource> idle = new();
    private readonly HashSet<CommitKey> busy = [];
    private readonly Dictionary<CommitKey, TaskCompletionSource> settled = [];
    private Exception? closed;

    private SemaphoreSlim Room { get; } = new(capacity);

    /// <summary>Adds a commit; waits for Room.</summary>
    /// <returns>False when there was no room in time.</returns>
    public async Task<bool> TryEnqueueAsync(PendingCommit commit, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!await Room.WaitAsync(patience, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        lock (gate)
        {
            if (closed is null)
            {
                waiting.AddLast(commit);
                WakeOne();
                return true;
            }
        }

        Room.Release();
        throw closed;
    }

    /// <summary>The next commits to write together, at least one; null when the queue is closed and empty.</summary>
    public async Task<IReadOnlyList<PendingCommit>?> TakeAsync()
    {
        while (true)
        {
            TaskCompletionSource wake;
            lock (gate)
            {
                var batch = Collect();
                if (batch.Count > 0)
                {
                    return batch;
                }

                if (closed is not null && waiting.Count == 0)
                {
                    return null;
                }

                wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                idle.Push(wake);
            }

            await wake.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Lets go of a settled batch's keys.</summary>
    public void Release(IReadOnlyList<PendingCommit> batch)
    {
        lock (gate)
        {
            foreach (var key in batch.SelectMany(commit => commit.Keys))
            {
                busy.Remove(key);
                if (settled.Remove(key, out var waiter))
                {
                    waiter.SetResult();
                }
            }

            if (waiting.Count > 0 || closed is not null)
            {
                WakeOne();
            }
        }
    }

    /// <summary>Completes when nothing that is in flight, waited for or given up, can change what a key stands for.</summary>
    public Task WhenSettled(CommitKey key)
    {
        lock (gate)
        {
            if (!busy.Contains(key))
            {
                return Task.CompletedTask;
            }

            if (!settled.TryGetValue(key, out var waiter))
            {
                settled.Add(key, waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            return waiter.Task;
        }
    }

    /// <summary>Takes no more commits.</summary>
    /// <param name="reason">What later callers get.</param>
    /// <param name="drop">Whether those waiting fail as well; otherwise they are still written.</param>
    public void Close(Exception reason, bool drop)
    {
        List<PendingCommit> dropped;
        lock (gate)
        {
            closed ??= reason;
            dropped = drop ? [.. waiting] : [];
            if (drop)
            {
                waiting.Clear();
            }

            while (idle.Count > 0)
            {
                WakeOne();
            }
        }

        foreach (var commit in dropped)
        {
            Room.Release();
            commit.Fail(reason);
        }
    }

    private List<PendingCommit> Collect()
    {
        var batch = new List<PendingCommit>();
        var bytes = 0L;
        HashSet<CommitKey>? overtaken = null;
        for (var node = waiting.First; node is not null && batch.Count < batchCommits && bytes < BatchBytes;)
        {
            var (next, commit) = (node.Next, node.Value);
            if (commit.IsAbandoned)
            {
                waiting.Remove(node);
                Room.Release();
            }
            else if (commit.Keys.Any(key => busy.Contains(key) || overtaken?.Contains(key) == true))
            {
                // It waits, and so does whatever came after it for the same run or workflow id.
                (overtaken ??= []).UnionWith(commit.Keys);
            }
            else
            {
                waiting.Remove(node);
                Room.Release();
                busy.UnionWith(commit.Keys);
                batch.Add(commit);
                bytes += commit.Bytes;
            }

            node = next;
        }

        return batch;
    }

    private void WakeOne()
    {
        if (idle.TryPop(out var wake))
        {
            wake.SetResult();
        }
    }
}
