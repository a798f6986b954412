using Temporal.Server.History;
using Temporal.Server.History.State;
using Temporal.Server.Store;

namespace Temporal.Server.Tests.Engine;

public sealed class RunCacheTests
{
    private const long Huge = 32 * 1024 * 1024;

    [Fact]
    public void Runs_that_wait_for_a_worker_stay_but_their_history_does_not_grow_beyond_the_bound()
    {
        var cache = new RunCache(capacity: 100, new WorkflowLimits());
        var runs = Enumerable.Range(0, 8).Select(i => Use(cache, i, work: 1)).ToList();
        while (runs.Count(run => run.State is not null) > 2)
        {
            Use(cache, 100, work: 0, bytes: 0);
        }

        Assert.Null(runs[0].State);
        for (var i = 0; i < runs.Count; i++)
        {
            Assert.Same(runs[i], Use(cache, i, work: 1, bytes: 0));
        }
    }

    [Fact]
    public void A_run_that_is_being_changed_keeps_its_state()
    {
        var cache = new RunCache(capacity: 100, new WorkflowLimits());
        var changed = Use(cache, 0, work: 1);
        changed.Gate.Wait(TestContext.Current.CancellationToken);
        var others = Enumerable.Range(1, 8).Select(i => Use(cache, i, work: 1)).ToList();
        while (others.Count(run => run.State is not null) > 1)
        {
            Use(cache, 100, work: 0, bytes: 0);
        }

        Assert.NotNull(changed.State);
    }

    [Fact]
    public void A_run_is_not_dropped_while_somebody_may_be_giving_it_something_to_keep()
    {
        var run = new Run(new RunKey("space", "w", "1"), new WorkflowLimits());
        run.Gate.Wait(TestContext.Current.CancellationToken);

        Assert.False(run.TryDrop());
        run.Gate.Release();

        Assert.True(run.TryDrop());
        Assert.False(run.TryPin());
    }

    private static Run Use(RunCache cache, int number, int work, long bytes = Huge)
    {
        var run = cache.Pin(new RunKey("space", $"w{number}", $"{number}"));
        run.Work = work;
        if (bytes > 0)
        {
            run.State = new RunState { HistorySizeBytes = bytes };
        }

        cache.Account(run);
        run.Unpin();
        return run;
    }
}
