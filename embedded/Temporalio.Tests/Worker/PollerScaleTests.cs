using Temporalio.Api.TaskQueue.V1;
using Temporalio.Worker.Execution;
using Temporalio.Worker.Tuning;

namespace Temporalio.Tests.Worker;

public sealed class PollerScaleTests
{
    private readonly Clock clock = new();

    [Fact]
    public void A_fixed_number_stays()
    {
        var scale = PollerScale.Of(new PollerBehavior.SimpleMaximum(7), otherwise: 5);
        scale.Report(isEmpty: false, Suggest(3));
        Assert.Equal(7, scale.Target);
        Assert.Equal(5, PollerScale.Of(null, otherwise: 5).Target);
    }

    [Fact]
    public void Suggestions_are_followed_within_the_bounds()
    {
        var scale = Automatic();
        scale.Report(isEmpty: false, Suggest(2));
        Assert.Equal(7, scale.Target);
        scale.Report(isEmpty: false, Suggest(100));
        Assert.Equal(10, scale.Target);
        scale.Report(isEmpty: true, Suggest(-100));
        Assert.Equal(2, scale.Target);
    }

    [Fact]
    public void More_polls_come_only_while_more_tasks_come_with_them()
    {
        var scale = Automatic();
        for (var i = 0; i < 20; i++)
        {
            scale.Report(isEmpty: false, null);
        }
        clock.Advance(TimeSpan.FromMilliseconds(100));
        scale.Report(isEmpty: false, null);
        clock.Advance(TimeSpan.FromMilliseconds(100));
        scale.Report(isEmpty: false, Suggest(1));
        Assert.Equal(5, scale.Target);
    }

    [Fact]
    public void Empty_polls_shrink_it_only_under_a_server_that_also_lets_it_grow()
    {
        var scale = Automatic();
        scale.Report(isEmpty: true, null);
        Assert.Equal(5, scale.Target);
        scale.Report(isEmpty: true, Suggest(0));
        scale.Report(isEmpty: true, null);
        Assert.Equal(4, scale.Target);
    }

    private static PollerScalingDecision Suggest(int delta) => new() { PollRequestDeltaSuggestion = delta };

    private PollerScale Automatic() =>
        PollerScale.Of(new PollerBehavior.Autoscaling(minimum: 2, maximum: 10, initial: 5), otherwise: 0, clock);

    private sealed class Clock : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now;

        internal void Advance(TimeSpan by) => now += by.Ticks;
    }
}
