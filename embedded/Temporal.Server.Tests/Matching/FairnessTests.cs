using Temporal.Server.CommandLine;
using Temporal.Server.Matching;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Tests.Engine;
using Temporal.Server.Tests.Timers;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Matching;

public sealed class FairnessTests
{
    [Fact]
    public void Tasks_of_one_priority_are_shared_out_among_their_keys_by_weight()
    {
        var backlog = NewBacklog(isFair: true);
        Add(backlog, "iron", weight: 1, count: 8);
        Add(backlog, "gold", weight: 3, count: 8);

        Assert.Equal("gold gold gold iron gold gold gold iron", Order(backlog, 8));
    }

    [Fact]
    public void A_key_that_comes_late_does_not_wait_for_what_others_have_piled_up()
    {
        var backlog = NewBacklog(isFair: true);
        Add(backlog, "many", weight: 0, count: 100);
        Order(backlog, 10);
        Add(backlog, "few", weight: 0, count: 2);

        Assert.Equal("few many few many", Order(backlog, 4));
    }

    [Fact]
    public void A_key_does_not_save_up_turns_while_it_is_away()
    {
        var backlog = NewBacklog(isFair: true);
        Add(backlog, "steady", weight: 0, count: 50);
        Order(backlog, 40);
        Add(backlog, "back", weight: 0, count: 10);

        Assert.Equal("back steady back steady back steady", Order(backlog, 6));
    }

    [Fact]
    public void Weights_that_operators_set_count_more_than_those_of_tasks()
    {
        var backlog = NewBacklog(isFair: true);
        backlog.Weights = new Dictionary<string, float> { ["a"] = 3 };
        Add(backlog, "b", weight: 1, count: 4);
        Add(backlog, "a", weight: 0.001f, count: 4);

        Assert.Equal("a a a b", Order(backlog, 4));
    }

    [Fact]
    public void Priorities_go_before_fairness_and_without_fairness_keys_do_not_count()
    {
        var fair = NewBacklog(isFair: true);
        fair.Add(NewTask("late") with { Priority = 5 });
        Add(fair, "early", weight: 0, count: 2);
        Assert.Equal("early early late", Order(fair, 3));

        var plain = NewBacklog(isFair: false);
        Add(plain, "first", weight: 0.001f, count: 2);
        Add(plain, "second", weight: 1000, count: 2);
        Assert.Equal("first first second second", Order(plain, 4));
    }

    [Fact]
    public void Keys_without_end_do_not_need_memory_without_end()
    {
        var passes = new FairPasses();
        for (var i = 0; i < 100_000; i++)
        {
            passes.Advance(passes.Next($"key {i}", 0));
        }

        Assert.True(passes.KeyCount <= 10_000);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    public void A_weight_that_is_none_counts_as_one(float weight)
    {
        var passes = new FairPasses();
        Assert.Equal(passes.Next("usual", 1), passes.Next("odd", weight));
    }

    [Fact]
    public async Task A_workflows_fairness_key_is_its_activities_too_and_outlives_the_server()
    {
        var store = new InMemoryStore();
        var (limits, _) = DynamicConfig.Apply(new ServerLimits(), "matching.enableFairness=true");
        await using (var first = await EngineHost.StartAsync(store, limits: limits))
        {
            for (var i = 0; i < 3; i++)
            {
                await first.StartAsync($"many{i}", r => r.Priority = new Priority { FairnessKey = "many" });
            }

            for (var i = 0; i < 3; i++)
            {
                await first.StepAsync(Activity());
            }

            await first.StartAsync("one", r => r.Priority = new Priority { FairnessKey = "one" });
            await first.StepAsync(Activity());
        }

        await using var second = await EngineHost.StartAsync(store, limits: limits);
        var order = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            order.Add((await second.PollActivityAsync()).WorkflowExecution.WorkflowId);
        }

        // The first of each key come before the second of the other.
        Assert.Contains("one", order.Take(2));
    }

    [Fact]
    public async Task Weights_are_kept_shown_and_removed_and_bad_ones_refused()
    {
        var store = new InMemoryStore();
        await using (var first = await EngineHost.StartAsync(store))
        {
            await first.CallAsync<UpdateTaskQueueConfigResponse>(Update(r => r.SetFairnessWeightOverrides.Add("gold", 5)));
        }

        await using var second = await EngineHost.StartAsync(store, limits: new ServerLimits { Matching = new MatchingSettings { FairnessWeightOverrides = 2 } });
        Assert.Equal(5, (await DescribeAsync(second)).Config.FairnessWeightOverrides["gold"]);
        foreach (var wrong in (Action<UpdateTaskQueueConfigRequest>[])[
            r => r.SetFairnessWeightOverrides.Add("", 1),
            r => r.SetFairnessWeightOverrides.Add("zero", 0),
            r => r.UnsetFairnessWeightOverrides.Add(new string('\u00e9', 33)),
            r =>
            {
                r.SetFairnessWeightOverrides.Add("both", 1);
                r.UnsetFairnessWeightOverrides.Add("both");
            },
            r => r.SetFairnessWeightOverrides.Add(new Dictionary<string, float> { ["second"] = 1, ["third"] = 1 })])
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => second.CallAsync<UpdateTaskQueueConfigResponse>(Update(wrong)));
            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        }

        await second.CallAsync<UpdateTaskQueueConfigResponse>(Update(r => r.UnsetFairnessWeightOverrides.Add("gold")));
        Assert.Empty((await DescribeAsync(second)).Config.FairnessWeightOverrides);
    }

    private static UpdateTaskQueueConfigRequest Update(Action<UpdateTaskQueueConfigRequest> change)
    {
        var request = new UpdateTaskQueueConfigRequest { Namespace = "default", TaskQueue = "tq", TaskQueueType = TaskQueueType.Workflow };
        change(request);
        return request;
    }

    private static Task<DescribeTaskQueueResponse> DescribeAsync(EngineHost server) => server.CallAsync<DescribeTaskQueueResponse>(
        new DescribeTaskQueueRequest { Namespace = "default", TaskQueue = EngineHost.Queue("tq"), TaskQueueType = TaskQueueType.Workflow, ReportConfig = true });

    private static Backlog NewBacklog(bool isFair) => new(1000, isFair, new ManualClock());

    private static ActivityDispatch NewTask(string key) =>
        new(new RunKey("n", "w", "r"), 1, 1, 0) { FairnessKey = key };

    private static void Add(Backlog backlog, string key, float weight, int count)
    {
        for (var i = 0; i < count; i++)
        {
            backlog.Add(NewTask(key) with { FairnessWeight = weight });
        }
    }

    private static string Order(Backlog backlog, int count)
    {
        var keys = new List<string>();
        for (var i = 0; i < count; i++)
        {
            keys.Add(backlog.Peek()!.Task.FairnessKey);
            backlog.Dequeue();
        }

        return string.Join(' ', keys);
    }
}
