using Temporal.Server.Timers;

namespace Temporal.Server.Tests.Timers;

public sealed class RunningWorkTests
{
    [Fact]
    public async Task Who_stops_work_waits_for_all_that_was_begun_and_nothing_begins_after()
    {
        for (var round = 0; round < 300; round++)
        {
            var tracker = new WorkTracker();
            var running = new RunningWork(tracker);
            var (begun, ended, isOver) = (0, 0, false);
            var beginning = Parallel.ForAsync(0, 8, TestContext.Current.CancellationToken, (_, _) =>
            {
                running.Begin(async () =>
                {
                    Assert.False(Volatile.Read(ref isOver), "work began after the stop");
                    Interlocked.Increment(ref begun);
                    await Task.Yield();
                    Interlocked.Increment(ref ended);
                });
                return ValueTask.CompletedTask;
            });

            await running.StopAsync();
            Volatile.Write(ref isOver, true);
            Assert.Equal(Volatile.Read(ref begun), Volatile.Read(ref ended));
            await beginning;
            Assert.Equal(begun, ended);
            Assert.Equal(0, tracker.Count);
        }
    }
}
