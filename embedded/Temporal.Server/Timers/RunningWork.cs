namespace Temporal.Server.Timers;

/// <summary>Work that nobody awaits where it is begun: counted while it runs, and waited for when its owner stops.</summary>
/// <param name="tracker">Counts it; null where it is counted already.</param>
internal sealed class RunningWork(WorkTracker? tracker)
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int count;
    private bool isStopped;

    /// <summary>Begins a piece of work on a thread of the pool; nothing after the stop.</summary>
    /// <param name="work">The work; must handle its own errors.</param>
    public void Begin(Func<Task> work)
    {
        lock (gate)
        {
            if (isStopped)
            {
                return;
            }

            count++;
        }

        // Counted from now on, so that the clock does not skip what this leads to.
        tracker?.Add(1);
        _ = Task.Run(work).ContinueWith(_ => End(), TaskScheduler.Default);
    }

    /// <summary>Lets nothing begin any more; completes when all that was begun has ended.</summary>
    public Task StopAsync()
    {
        lock (gate)
        {
            isStopped = true;
            EndIfOver();
        }

        return over.Task;
    }

    private void End()
    {
        tracker?.Add(-1);
        lock (gate)
        {
            count--;
            EndIfOver();
        }
    }

    private void EndIfOver()
    {
        if (isStopped && count == 0)
        {
            over.TrySetResult();
        }
    }
}
