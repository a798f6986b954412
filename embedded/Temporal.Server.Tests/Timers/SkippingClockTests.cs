using Temporal.Server.Timers;

namespace Temporal.Server.Tests.Timers;

public sealed class SkippingClockTests
{
    [Fact]
    public void Time_skips_to_what_is_due_unless_something_runs_or_claims_it()
    {
        var clock = new SkippingClock();
        var work = new WorkTracker();
        var due = clock.UtcNow.AddHours(1);

        Assert.False(clock.TrySkipTo(due, work));
        clock.ReleaseLock();
        using (work.Begin())
        {
            Assert.False(clock.TrySkipTo(due, work));
            Assert.True(clock.UtcNow < due);
        }

        Assert.True(clock.TrySkipTo(due, work));
        Assert.True(clock.UtcNow >= due);
    }
}
