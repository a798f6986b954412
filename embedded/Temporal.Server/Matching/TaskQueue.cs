namespace Temporal.Server.Matching;

/// <summary>
/// Tasks waiting for workers and workers waiting for tasks. Both wait at once only while a limit holds the tasks back. A task is given to
/// exactly one worker, or to none and stays: a poll whose caller has gone gives back what it was given.
/// </summary>
internal sealed class TaskQueue : IDisposable
{
    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly int lowWater;
    private readonly MatchingSettings settings;
    private readonly LinkedList<PollWaiter> waiters = new();
    private readonly Backlog backlog;
    private readonly SeenPollers pollers;
    private readonly TaskRate added;
    private readonly TaskRate dispatched;
    private readonly AdviceAllowance advice;
    private readonly Action onDrained;
    private DispatchLimit? limit;
    private ITimer? limitTimer;
    private bool isRetired;

    /// <summary>Creates a queue.</summary>
    /// <param name="capacity">Tasks held in memory; more stay in the store.</param>
    /// <param name="settings">How it hands out its tasks.</param>
    /// <param name="clock">Tells how long things wait.</param>
    /// <param name="onDrained">Called when half of the room is free and more tasks are in the store. Must not wait.</param>
    public TaskQueue(int capacity, MatchingSettings settings, TimeProvider clock, Action onDrained)
    {
        this.settings = settings;
        this.clock = clock;
        this.onDrained = onDrained;
        lowWater = capacity / 2;
        backlog = new Backlog(capacity, clock);
        pollers = new SeenPollers(clock);
        added = new TaskRate(clock);
        dispatched = new TaskRate(clock);
        advice = new AdviceAllowance(settings.AdvicePerSecond, clock);
    }

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

    /// <summary>Of a sticky queue: where its tasks go when its worker is gone.</summary>
    public string NormalQueue { get; set; } = "";

    /// <summary>Whether its life is over: it takes nothing more.</summary>
    public bool IsRetired
    {
        get
        {
            lock (gate)
            {
                return isRetired;
            }
        }
    }

    /// <summary>Whether there are more tasks in the store than it holds.</summary>
    public bool HasMissed
    {
        get
        {
            lock (gate)
            {
                return backlog.HasMissed;
            }
        }
    }

    /// <summary>What is known of it now.</summary>
    public TaskQueueReport Report()
    {
        lock (gate)
        {
            return new TaskQueueReport
            {
                BacklogCount = backlog.Count,
                BacklogAge = backlog.Age,
                ByPriority = backlog.ByPriority,
                AddRate = added.PerSecond,
                DispatchRate = dispatched.PerSecond,
                IsLimiting = backlog.Count > 0 && limit?.Wait > TimeSpan.Zero,
                Limit = limit?.PerSecond,
                Pollers = pollers.Recent,
            };
        }
    }

    /// <summary>Whether a worker polls now or did within the given time.</summary>
    public bool HasPollerWithin(TimeSpan time)
    {
        lock (gate)
        {
            return waiters.Count > 0 || pollers.Last > clock.GetUtcNow() - time;
        }
    }

    /// <summary>Gives a task to the worker that has waited longest, or keeps it. False when the queue is retired.</summary>
    public bool Offer(DispatchTask task)
    {
        lock (gate)
        {
            if (isRetired)
            {
                return false;
            }

            added.Count();
            backlog.Add(task);
            Match();
            return true;
        }
    }

    /// <summary>Takes a task back that was taken but could not be handed out. False when the queue is retired.</summary>
    public bool PutBack(DispatchTask task)
    {
        lock (gate)
        {
            if (isRetired)
            {
                return false;
            }

            backlog.PutBack(task);
            Match();
            return true;
        }
    }

    /// <summary>Takes a task, waiting for one up to the given time.</summary>
    /// <returns>
    /// The task, perhaps although the caller has gone at that moment: then it must be put back. Null when none came, the caller has gone,
    /// or the poll was ended by <see cref="EndPolls"/> or <see cref="Retire"/>.
    /// </returns>
    public async Task<TakenTask?> TakeAsync(Poller poller, TimeSpan wait, CancellationToken cancellationToken)
    {
        var waiter = new PollWaiter(poller.WorkerInstanceKey, clock.GetUtcNow());
        lock (gate)
        {
            if (isRetired || cancellationToken.IsCancellationRequested)
            {
                return null;
            }

            pollers.Note(poller);
            if (poller.MaxTasksPerSecond is { } perSecond)
            {
                ApplyLimit(perSecond);
            }

            waiters.AddLast(waiter);
            Match();
        }

        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!waiter.Task.IsCompleted)
        {
            timer.CancelAfter(wait);
        }

        await using var registration = timer
            .Token.UnsafeRegister(static state => ((PollWaiter)state!).TryEnd(), waiter)
            .ConfigureAwait(false);
        var task = await waiter.Task.ConfigureAwait(false);
        if (task is null)
        {
            lock (gate)
            {
                waiters.Remove(waiter);
                if (!cancellationToken.IsCancellationRequested && !isRetired)
                {
                    pollers.Note(poller);
                }
            }
        }

        return task;
    }

    /// <summary>Ends the waiting polls of a worker (or all, for null) with nothing.</summary>
    public void EndPolls(string? workerInstanceKey)
    {
        lock (gate)
        {
            foreach (
                var waiter in waiters.Where(waiter => workerInstanceKey is null || waiter.WorkerInstanceKey == workerInstanceKey).ToList()
            )
            {
                waiters.Remove(waiter);
                waiter.TryEnd();
            }
        }
    }

    /// <summary>Ends its life: its polls end with nothing, whoever offers is told to go elsewhere, and its tasks are returned.</summary>
    public IReadOnlyList<DispatchTask> Retire()
    {
        lock (gate)
        {
            isRetired = true;
            pollers.Forget();
            EndPolls(workerInstanceKey: null);
            limitTimer?.Dispose();
            return backlog.Clear();
        }
    }

    /// <summary>Retires it if nothing and nobody has waited there for the given time.</summary>
    public bool TryRetireIdle(TimeSpan time)
    {
        lock (gate)
        {
            if (waiters.Count > 0 || backlog.Count > 0 || backlog.HasMissed || pollers.Last > clock.GetUtcNow() - time)
            {
                return false;
            }

            Retire();
            return true;
        }
    }

    /// <summary>Takes a waiting task away, as its caller has gone.</summary>
    public void Withdraw(DispatchTask task)
    {
        lock (gate)
        {
            backlog.Remove(task);
        }
    }

    /// <summary>
    /// Begins to add again what is only in the store: the tasks held already; null when there is nothing to add or no room.
    /// </summary>
    public IReadOnlySet<DispatchTask>? BeginRefill()
    {
        lock (gate)
        {
            if (isRetired || !backlog.HasMissed || backlog.Count > lowWater)
            {
                return null;
            }

            // What does not fit this time is missed again.
            backlog.HasMissed = false;
            return backlog.Tasks.ToHashSet();
        }
    }

    /// <summary>Adds a task from the store again. False when there is no room, or the queue is retired.</summary>
    public bool TryRefill(DispatchTask task)
    {
        lock (gate)
        {
            backlog.Add(task);
            Match();
            return !isRetired && !backlog.HasMissed;
        }
    }

    /// <summary>Says that more tasks are in the store than could be added.</summary>
    public void NoteMissed()
    {
        lock (gate)
        {
            backlog.HasMissed = true;
        }
    }

    /// <summary>Asks for tasks from the store again if there are any and there is room.</summary>
    public void Remind()
    {
        lock (gate)
        {
            Match();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Retire();

    // As the worker that polled last says.
    private void ApplyLimit(double perSecond)
    {
        if (limit is null)
        {
            limit = new DispatchLimit(perSecond, clock);
        }
        else if (limit.PerSecond != perSecond)
        {
            limit.Change(perSecond);
        }
    }

    // Under the gate.
    private void Match()
    {
        while (waiters.First is { } first && backlog.Peek() is { } waiting)
        {
            if (limit?.Wait is { } wait && wait > TimeSpan.Zero)
            {
                limitTimer ??= clock.CreateTimer(
                    static queue => ((TaskQueue)queue!).MatchLater(),
                    this,
                    Timeout.InfiniteTimeSpan,
                    Timeout.InfiniteTimeSpan
                );
                // Timers are cut to milliseconds; a little later is late enough.
                limitTimer.Change(wait + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                return;
            }

            waiters.RemoveFirst();
            if (first.Value.TryGive(new TakenTask(waiting.Task, Advise(waiting.Since - first.Value.Since))))
            {
                backlog.Dequeue();
                limit?.Take();
                dispatched.Count();
            }
        }

        if (backlog.HasMissed && backlog.Count <= lowWater)
        {
            onDrained();
        }
    }

    private void MatchLater()
    {
        lock (gate)
        {
            if (!isRetired)
            {
                Match();
            }
        }
    }

    // How many polls more or fewer the worker that gets the next task had better keep open, as Temporal's physical_task_queue_manager.go
    // decides it. That task is still counted as waiting, so it is one more than are left, and one fewer has gone.
    private int Advise(TimeSpan idle)
    {
        if (idle >= settings.IdlePoll)
        {
            return -1;
        }

        var othersWait = backlog.Count > 1;
        if (!advice.TryTake(pollers.Count) || (othersWait && limit is { IsExhaustedByNext: true }))
        {
            return 0;
        }

        return (othersWait && backlog.AboutAge > settings.LongBacklog) || added.Total > settings.AddToDispatchRatio * (dispatched.Total + 1)
            ? 1
            : 0;
    }
}
