using Temporal.Server.Matching;
using Temporal.Server.Store;
using Temporal.Server.Tests.Timers;

namespace Temporal.Server.Tests.Matching;

public sealed class PollerAdviceTests
{
    private static readonly TaskQueueKey Key = new("n", TaskQueueKeyKind.Activity, "q");

    // Each takes away one of the two reasons for more polls.
    private static readonly MatchingSettings OnlyBacklog = new() { AddToDispatchRatio = 1e6 };
    private static readonly MatchingSettings OnlyRates = new() { LongBacklog = TimeSpan.FromDays(1) };
    private readonly ManualClock clock = new();

    [Fact]
    public async Task A_poll_that_was_idle_is_one_too_many()
    {
        using var queues = new TaskQueues(100, new MatchingSettings(), clock);
        var idle = TakeAsync(queues);
        clock.Advance(TimeSpan.FromSeconds(1));
        Offer(queues, 1);
        Assert.Equal(-1, await idle);

        var busy = TakeAsync(queues);
        clock.Advance(TimeSpan.FromSeconds(0.9));
        Offer(queues, 1);
        Assert.Equal(0, await busy);
    }

    [Fact]
    public async Task Tasks_that_have_waited_long_want_more_polls_and_the_last_one_does_not()
    {
        using var queues = new TaskQueues(100, OnlyBacklog, clock);
        Offer(queues, 3);
        clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(0, await TakeAsync(queues));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await TakeAsync(queues));
        Assert.Equal(0, await TakeAsync(queues));
    }

    [Fact]
    public async Task Tasks_that_come_faster_than_they_go_want_more_polls()
    {
        using var queues = new TaskQueues(100, OnlyRates, clock);
        Offer(queues, 4);
        Assert.Equal([1, 1, 1, 0], await AdviceAsync(queues, polls: 4));
    }

    [Fact]
    public async Task No_more_polls_help_where_the_queue_itself_is_limited()
    {
        using var queues = new TaskQueues(100, OnlyBacklog, clock);
        Offer(queues, 5);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([1, 0], await AdviceAsync(queues, polls: 2, perSecond: 2));

        // Neither was this one idle: the limit held its task back.
        var held = TakeAsync(queues, perSecond: 2);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, await held);
    }

    [Fact]
    public async Task Advice_is_rationed_by_the_number_of_workers()
    {
        using var queues = new TaskQueues(100, OnlyBacklog with { AdvicePerSecond = 2 }, clock);
        Offer(queues, 20);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([1, 1, 0, 0, 0], await AdviceAsync(queues, polls: 5));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([1, 1, 1, 1, 0], await AdviceAsync(queues, polls: 5, worker: "a second one"));
    }

    private static void Offer(TaskQueues queues, int count)
    {
        for (var id = 1; id <= count; id++)
        {
            queues.Offer(Key, "", new ActivityDispatch(new RunKey("n", "w", "r"), id, 1, 0));
        }
    }

    private static async Task<int> TakeAsync(TaskQueues queues, string worker = "worker", double? perSecond = null) =>
        (
            await queues.TakeAsync(
                Key,
                "",
                new Poller(worker) { MaxTasksPerSecond = perSecond },
                Timeout.InfiniteTimeSpan,
                TestContext.Current.CancellationToken
            )
        )!.PollersDelta;

    private static async Task<List<int>> AdviceAsync(TaskQueues queues, int polls, string worker = "worker", double? perSecond = null)
    {
        var advice = new List<int>();
        for (var i = 0; i < polls; i++)
        {
            advice.Add(await TakeAsync(queues, worker, perSecond));
        }

        return advice;
    }
}
