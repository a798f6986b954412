using Temporal.Server.Matching;
using Temporal.Server.Store;
using Temporal.Server.Tests.Timers;
using Temporalio.Api.TaskQueue.V1;

namespace Temporal.Server.Tests.Matching;

public sealed class TaskQueueTests
{
    private const string Namespace = "0192e000-0000-7000-8000-000000000001";
    private static readonly TaskQueueKey Key = new(Namespace, TaskQueueKeyKind.Activity, "q");
    private static readonly TaskQueueKey Sticky = new(Namespace, TaskQueueKeyKind.StickyWorkflow, "sticky");
    private static readonly TaskQueueKey Normal = new(Namespace, TaskQueueKeyKind.Workflow, "normal");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tasks_with_smaller_priority_keys_go_first_and_equal_ones_in_order()
    {
        using var queues = new TaskQueues(100, new MatchingSettings(), new ManualClock());
        foreach (var (id, priority) in ((int, int)[])[(1, 3), (2, 5), (3, 1), (4, 3), (5, 1)])
        {
            queues.Offer(Key, "", NewTask(id) with { Priority = priority });
        }

        Assert.Equal([3, 5, 1, 4, 2], await DrainAsync(queues, Key));
    }

    [Fact]
    public async Task A_task_that_was_put_back_goes_before_its_equals()
    {
        using var queues = new TaskQueues(100, new MatchingSettings(), new ManualClock());
        queues.Offer(Key, "", NewTask(1));
        queues.Offer(Key, "", NewTask(2));
        var first = await PollAsync(queues, Key);
        queues.PutBack(Key, "", first!);

        Assert.Equal([1, 2], await DrainAsync(queues, Key));
    }

    [Fact]
    public async Task A_limit_holds_tasks_back_and_lets_them_go_in_time()
    {
        var clock = new ManualClock();
        using var queues = new TaskQueues(100, new MatchingSettings(), clock);
        for (var id = 1; id <= 5; id++)
        {
            queues.Offer(Key, "", NewTask(id));
        }

        var polls = Enumerable
            .Range(0, 5)
            .Select(_ => queues.TakeAsync(Key, "", new Poller("worker") { MaxTasksPerSecond = 2 }, Timeout.InfiniteTimeSpan, Cancellation))
            .ToList();
        await Task.WhenAll(polls.Take(2));
        Assert.True(queues.Get(Key).Report() is { IsLimiting: true, Limit: 2, BacklogCount: 3 });
        for (var given = 3; given <= 5; given++)
        {
            Assert.Equal(given - 1, polls.Count(poll => poll.IsCompleted));
            clock.Advance(TimeSpan.FromMilliseconds(501));
            await polls[given - 1];
        }

        Assert.Equal([1, 2, 3, 4, 5], polls.Select(poll => poll.Result!.Task.Run.WorkflowId).Select(int.Parse));
    }

    [Fact]
    public async Task A_limit_of_zero_hands_out_nothing_until_it_is_raised()
    {
        var clock = new ManualClock();
        using var queues = new TaskQueues(100, new MatchingSettings(), clock);
        var poll = queues.TakeAsync(Key, "", new Poller("worker") { MaxTasksPerSecond = 0 }, Timeout.InfiniteTimeSpan, Cancellation);
        queues.Offer(Key, "", NewTask(1));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.False(poll.IsCompleted);

        _ = queues.TakeAsync(Key, "", new Poller("worker") { MaxTasksPerSecond = 100 }, Timeout.InfiniteTimeSpan, Cancellation);
        clock.Advance(TimeSpan.FromMilliseconds(11));

        Assert.NotNull(await poll);
    }

    [Fact]
    public async Task An_aborted_poll_never_swallows_a_task()
    {
        using var queues = new TaskQueues(100_000, new MatchingSettings(), TimeProvider.System);
        const int Tasks = 20_000;
        var taken = new List<int>();
        var offering = Task.Run(
            () =>
            {
                for (var id = 1; id <= Tasks; id++)
                {
                    queues.Offer(Key, "", NewTask(id));
                }
            },
            Cancellation
        );
        var random = new Random(1);
        while (taken.Count < Tasks)
        {
            using var abort = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var poll = queues.TakeAsync(Key, "", new Poller("worker"), TimeSpan.FromSeconds(10), abort.Token);
            var aborting = random.Next(2) == 0 ? Task.Run(abort.Cancel, Cancellation) : Task.CompletedTask;
            try
            {
                taken.Add(int.Parse((await poll)!.Task.Run.WorkflowId, System.Globalization.CultureInfo.InvariantCulture));
            }
            catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
            {
                // It took nothing.
                await aborting;
            }
        }

        await offering;
        Assert.Equal(Enumerable.Range(1, Tasks), taken.Order());
    }

    [Fact]
    public async Task A_sticky_queue_that_goes_away_loses_no_task_that_comes_at_that_moment()
    {
        for (var round = 0; round < 200; round++)
        {
            using var queues = new TaskQueues(100, new MatchingSettings(), TimeProvider.System);
            var poll = queues.TakeAsync(Sticky, "normal", new Poller("worker", "key"), TimeSpan.FromSeconds(10), Cancellation);
            var offering = Task.Run(() => queues.Offer(Sticky, "normal", NewTask(1)), Cancellation);
            queues.StopWorker(Namespace, "key", "sticky", normalQueue: round % 2 == 0 ? "normal" : "");
            await offering;

            var task = (await poll)?.Task ?? await PollAsync(queues, Normal);

            Assert.NotNull(task);
        }
    }

    [Fact]
    public async Task A_stopped_worker_gets_nothing_any_more_and_others_do()
    {
        using var queues = new TaskQueues(100, new MatchingSettings(), TimeProvider.System);
        var waiting = queues.TakeAsync(Key, "", new Poller("worker", "stopped"), Timeout.InfiniteTimeSpan, Cancellation);
        var other = queues.TakeAsync(Key, "", new Poller("worker", "other"), Timeout.InfiniteTimeSpan, Cancellation);

        queues.StopWorker(Namespace, "stopped", "", "");

        Assert.Null(await waiting);
        Assert.Null(await queues.TakeAsync(Key, "", new Poller("worker", "stopped"), Timeout.InfiniteTimeSpan, Cancellation));
        queues.Offer(Key, "", NewTask(1));
        Assert.NotNull(await other);
    }

    [Fact]
    public void Only_the_last_stopped_workers_are_remembered()
    {
        var stopped = new StoppedWorkers();
        for (var i = 0; i < 10_001; i++)
        {
            stopped.Add($"key {i}");
        }

        Assert.False(stopped.Contains("key 0"));
        Assert.True(stopped.Contains("key 1"));
        Assert.True(stopped.Contains("key 10000"));
        Assert.False(stopped.Contains(""));
    }

    [Fact]
    public void Queues_that_nobody_uses_are_forgotten()
    {
        var clock = new ManualClock();
        using var queues = new TaskQueues(100, new MatchingSettings(), clock);
        queues.Get(Sticky);
        queues.Offer(Key, "", NewTask(1));
        clock.Advance(TimeSpan.FromMinutes(11));

        queues.StopWorker(Namespace, "some other", "", "");

        Assert.Null(queues.Find(Sticky));
        Assert.NotNull(queues.Find(Key));
    }

    [Fact]
    public void A_report_tells_what_waits_for_how_long_and_how_fast_it_comes()
    {
        var clock = new ManualClock();
        using var queues = new TaskQueues(100, new MatchingSettings(), clock);
        queues.Offer(Key, "", NewTask(1) with { Priority = 5 });
        clock.Advance(TimeSpan.FromSeconds(20));
        queues.Offer(Key, "", NewTask(2));
        queues.Offer(Key, "", NewTask(3));

        var report = queues.Get(Key).Report();

        Assert.Equal((3, TimeSpan.FromSeconds(20)), (report.BacklogCount, report.BacklogAge));
        Assert.Equal((1, TimeSpan.FromSeconds(20)), report.ByPriority[5]);
        Assert.Equal((2, TimeSpan.Zero), report.ByPriority[3]);
        Assert.Equal(0.1f, report.AddRate);
        clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(2 / 30f, queues.Get(Key).Report().AddRate);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, queues.Get(Key).Report().AddRate);
    }

    [Fact]
    public async Task A_task_that_is_put_back_on_a_sticky_queue_of_its_own_goes_to_the_normal_one_when_the_worker_shuts_down()
    {
        using var queues = new TaskQueues(100, new MatchingSettings(), new ManualClock());
        var poll = queues.TakeAsync(Sticky, "normal", new Poller("worker", "key"), TimeSpan.FromSeconds(60), Cancellation);
        queues.Offer(Sticky, "normal", NewTask(1));
        var task = await poll;
        queues.StopWorker(Namespace, "", "sticky", "normal");
        queues.PutBack(Sticky, "normal", task!.Task);

        queues.StopWorker(Namespace, "key", "sticky", normalQueue: "");

        Assert.Equal([1], await DrainAsync(queues, Normal));
    }

    private static ActivityDispatch NewTask(int id) => new(new RunKey(Namespace, $"{id}", Guid.NewGuid().ToString()), id, 1, 0);

    private static async Task<DispatchTask?> PollAsync(TaskQueues queues, TaskQueueKey key) =>
        (await queues.TakeAsync(key, "", new Poller("worker"), TimeSpan.FromSeconds(10), Cancellation))?.Task;

    private static async Task<List<int>> DrainAsync(TaskQueues queues, TaskQueueKey key)
    {
        var ids = new List<int>();
        while (queues.Get(key).BacklogCount > 0)
        {
            ids.Add((int)((ActivityDispatch)(await PollAsync(queues, key))!).ScheduledEventId);
        }

        return ids;
    }
}
