using System.Collections.Concurrent;

namespace Temporal.Server.Timers;

/// <summary>Work that nobody awaits where it is begun: counted while it runs, and waited for when its owner stops.</summary>
/// <param name="tracker">Counts it; null where it is counted already.</param>
internal sealed class RunningWork(WorkTracker? tracker)
{
    private readonly ConcurrentDictionary<Task, byte> tasks = new();

    /// <summary>Begins a piece of work on a thread of the pool.</summary>
    /// <param name="work">The work; must handle its own errors.</param>
    public void Begin(Func<Task> work)
    {
        // Counted from now on, so that the clock does not skip what this leads to.
        tracker?.Add(1);
        var task = Task.Run(work);
        tasks.TryAdd(task, 0);
        _ = task.ContinueWith(
            done =>
            {
                tasks.TryRemove(done, out _);
                tracker?.Add(-1);
            },
            TaskScheduler.Default);
    }

    /// <summary>Completes when all that was begun before has ended.</summary>
    public Task WhenAllAsync() => Task.WhenAll(tasks.Keys);
}
