namespace Temporal.Server.Store.Postgres;

/// <summary>
/// Commits waiting for a committer, in order of arrival. A batch never holds two commits with a key in common, nor one whose key is in
/// flight: so conditions of one batch do not depend on each other, and an unsettled batch holds back whatever builds on it.
/// While a batch is in flight the next one gathers, as few large batches cost much less than many small ones: another committer takes it
/// only if it is full, or if the one in flight takes unusually long.
/// </summary>
internal sealed class CommitQueue : IDisposable
{
    // Beyond that a round trip is no longer what costs.
    private const long BatchBytes = 8 * 1024 * 1024;

    // Much longer than a disk takes: that connection has a problem.
    private static readonly TimeSpan UnusuallyLong = TimeSpan.FromMilliseconds(50);

    private readonly int batchCommits;
    private readonly Timer watch;
    private readonly Lock gate = new();
    private readonly LinkedList<PendingCommit> waiting = new();
    private readonly Stack<TaskCompletionSource> idle = new();
    private readonly HashSet<CommitKey> busy = [];

    // The batches in flight, and when they were taken by the machine's tick count.
    private readonly Dictionary<IReadOnlyList<PendingCommit>, long> flights = [];
    private readonly Dictionary<CommitKey, TaskCompletionSource> settled = [];
    private Exception? closed;

    /// <param name="capacity">Commits that may wait.</param>
    /// <param name="batchCommits">Commits in a batch at most.</param>
    public CommitQueue(int capacity, int batchCommits)
    {
        this.batchCommits = batchCommits;
        Room = new SemaphoreSlim(capacity);
        watch = new Timer(_ => WatchFlight());
    }

    private SemaphoreSlim Room { get; }

    private bool IsWorthTaking =>
        flights.Count == 0
        || waiting.Count >= batchCommits
        || closed is not null
        || Environment.TickCount64 - flights.Values.Min() >= UnusuallyLong.TotalMilliseconds;

    /// <summary>Adds a commit; waits for Room.</summary>
    /// <returns>False when there was no room in time.</returns>
    public async Task<bool> TryEnqueueAsync(
        PendingCommit commit,
        TimeSpan patience,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (!Room.Wait(0, cancellationToken) && !await HasRoomAsync(patience, clock, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        lock (gate)
        {
            if (closed is null)
            {
                waiting.AddLast(commit);
                if (IsWorthTaking)
                {
                    WakeOne();
                }
                else if (waiting.Count == 1)
                {
                    watch.Change(UnusuallyLong, Timeout.InfiniteTimeSpan);
                }

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
                if (IsWorthTaking && Collect() is { Count: > 0 } batch)
                {
                    flights.Add(batch, Environment.TickCount64);
                    if (waiting.Count > 0)
                    {
                        watch.Change(UnusuallyLong, Timeout.InfiniteTimeSpan);
                    }

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

    /// <summary>Lets go of a settled batch's keys. Whoever releases one takes the next.</summary>
    public void Release(IReadOnlyList<PendingCommit> batch)
    {
        lock (gate)
        {
            flights.Remove(batch);
            foreach (var key in batch.SelectMany(commit => commit.Keys))
            {
                busy.Remove(key);
                if (settled.Remove(key, out var waiter))
                {
                    waiter.SetResult();
                }
            }

            if (closed is not null)
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

    /// <inheritdoc/>
    public void Dispose() => watch.Dispose();

    // Called when commits have waited for as long as a batch may be in flight.
    private void WatchFlight()
    {
        lock (gate)
        {
            if (waiting.Count == 0)
            {
                return;
            }

            if (IsWorthTaking)
            {
                WakeOne();
            }
            else
            {
                watch.Change(UnusuallyLong, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private async Task<bool> HasRoomAsync(TimeSpan patience, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource(patience, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end.Token);
        try
        {
            await Room.WaitAsync(limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
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
