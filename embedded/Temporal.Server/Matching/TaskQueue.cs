namespace Temporal.Server.Matching;

/// <summary>A worker that polls, as descriptions show it.</summary>
/// <param name="Identity">What it calls itself.</param>
/// <param name="LastAccess">Its last poll.</param>
internal sealed record PollerSeen(string Identity, DateTimeOffset LastAccess);

/// <summary>Tasks waiting for workers, or workers waiting for tasks; never both.</summary>
internal sealed class TaskQueue
{
    private static readonly TimeSpan PollersRemembered = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private readonly LinkedList<Waiter> waiters = new();
    private readonly Queue<DispatchTask> backlog = new();
    private readonly Dictionary<string, DateTimeOffset> pollers = new(StringComparer.Ordinal);
    private DateTimeOffset lastPoll = DateTimeOffset.MinValue;

    /// <summary>Tasks that wait.</summary>
    public int BacklogCount
    {
        get
        {
            lock (gate)
            {
                return backlog.Count;
            }
        }
    }

    /// <summary>Workers that polled in the last minutes, latest first.</summary>
    public IReadOnlyList<PollerSeen> Pollers
    {
        get
        {
            lock (gate)
            {
                return [.. pollers.Where(pair => pair.Value > DateTimeOffset.UtcNow - PollersRemembered)
                    .OrderByDescending(pair => pair.Value).Select(pair => new PollerSeen(pair.Key, pair.Value))];
            }
        }
    }

    /// <summary>Whether a worker polls now or did within the given time (of the machine's clock).</summary>
    public bool HasPollerWithin(TimeSpan time)
    {
        lock (gate)
        {
            return waiters.Count > 0 || lastPoll > DateTimeOffset.UtcNow - time;
        }
    }

    /// <summary>Gives a task to the worker that has waited longest, or keeps it.</summary>
    public void Offer(DispatchTask task)
    {
        lock (gate)
        {
            while (waiters.First is { } first)
            {
                waiters.RemoveFirst();
                if (first.Value.TryGive(task))
                {
                    return;
                }
            }

            backlog.Enqueue(task);
        }
    }

    /// <summary>Takes a task, waiting for one up to the given time.</summary>
    /// <returns>The task; null when none came, or the poll was ended by <see cref="EndPolls"/>.</returns>
    /// <exception cref="OperationCanceledException">The caller is gone; no task was taken.</exception>
    public async Task<DispatchTask?> TakeAsync(string identity, string workerInstanceKey, TimeSpan wait, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(workerInstanceKey);
        lock (gate)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Remember(identity);
            if (backlog.TryDequeue(out var ready))
            {
                return ready;
            }

            waiters.AddLast(waiter);
        }

        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(wait);
        await using var registration = timer.Token.UnsafeRegister(static state => ((Waiter)state!).TryEnd(), waiter).ConfigureAwait(false);
        var task = await waiter.Task.ConfigureAwait(false);
        if (task is null)
        {
            lock (gate)
            {
                waiters.Remove(waiter);
                if (!cancellationToken.IsCancellationRequested)
                {
                    lastPoll = DateTimeOffset.UtcNow;
                }
            }
        }
        else if (cancellationToken.IsCancellationRequested)
        {
            Offer(task);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return task;
    }

    /// <summary>Ends the waiting polls of a worker (or all, for null) with nothing.</summary>
    public void EndPolls(string? workerInstanceKey)
    {
        lock (gate)
        {
            foreach (var waiter in waiters.Where(waiter => workerInstanceKey is null || waiter.WorkerInstanceKey == workerInstanceKey).ToList())
            {
                waiters.Remove(waiter);
                waiter.TryEnd();
            }
        }
    }

    /// <summary>Takes all waiting tasks away and forgets the pollers: the worker behind a sticky queue is gone.</summary>
    public IReadOnlyList<DispatchTask> Unload()
    {
        lock (gate)
        {
            var tasks = backlog.ToList();
            backlog.Clear();
            lastPoll = DateTimeOffset.MinValue;
            return tasks;
        }
    }

    /// <summary>Takes a waiting task away, as its caller has gone.</summary>
    public void Withdraw(DispatchTask task)
    {
        lock (gate)
        {
            var rest = backlog.Where(waiting => !ReferenceEquals(waiting, task)).ToList();
            if (rest.Count == backlog.Count)
            {
                return;
            }

            backlog.Clear();
            rest.ForEach(backlog.Enqueue);
        }
    }

    private void Remember(string identity)
    {
        lastPoll = DateTimeOffset.UtcNow;
        if (identity.Length > 0)
        {
            pollers[identity] = lastPoll;
        }
    }

    // Exactly one of a task, a time-out and a cancellation wins.
    private sealed class Waiter(string workerInstanceKey)
    {
        private readonly TaskCompletionSource<DispatchTask?> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string WorkerInstanceKey { get; } = workerInstanceKey;

        public Task<DispatchTask?> Task => result.Task;

        public bool TryGive(DispatchTask task) => result.TrySetResult(task);

        public void TryEnd() => result.TrySetResult(null);
    }
}
