using Google.Protobuf;
using Google.Protobuf.Collections;
using Temporal.Server.History;
using TemporalDelivery.Tests.Temporal.Costs;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace Temporal.Server.Tests.Engine;

/// <summary>The counting of state transitions, against what a genuine server (1.32.0) recorded and counted, and against this one.</summary>
public sealed class StateTransitionTests
{
    private static readonly JsonParser Json = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    [Theory]
    [InlineData("delivery-01", 29, 0)]
    [InlineData("delivery-02", 38, 0)]
    [InlineData("order-03", 18, 0)]
    [InlineData("order-04", 27, 0)]
    [InlineData("order-05", 36, 0)]
    [InlineData("order-06", 39, 0)]
    [InlineData("order-07", 47, 1)]
    [InlineData("order-08", 50, 1)]
    [InlineData("order-09", 50, 1)]
    [InlineData("order-10", 53, 1)]
    [InlineData("order-11", 65, 2)]
    [InlineData("voucher-12", 10, 0)]
    public void A_recorded_history_has_the_transitions_that_the_genuine_server_counted_but_those_of_polled_activities(
        string name,
        long counted,
        long polled
    ) => Assert.Equal(counted - polled, Recorded(name).Aggregate(default(StateTransitions), (count, e) => count.After(e)).Count);

    [Fact]
    public async Task A_workflow_task_costs_two_and_an_eager_activity_only_its_end()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        Assert.Equal(1, await CountAsync(server, "w"));
        var task = await server.PollWorkflowAsync();
        Assert.Equal(2, await CountAsync(server, "w"));
        var reply = await server.CompleteAsync(task, Activity("1", a => a.RequestEagerExecution = true));
        Assert.Equal(3, await CountAsync(server, "w"));
        await CompleteAsync(server, Assert.Single(reply.ActivityTasks));
        Assert.Equal(4, await CountAsync(server, "w"));
        await server.StepAsync(Complete());
        Assert.Equal(6, await CountAsync(server, "w"));
        Assert.Equal(6, WorkflowCost.Of(await server.HistoryAsync("w")).Transitions);
    }

    [Fact]
    public async Task An_activity_that_is_polled_costs_one_more_each_heartbeat_one_and_each_failed_attempt_two()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Activity("1"));
        var first = await server.PollActivityAsync();
        Assert.Equal(4, await CountAsync(server, "w"));
        await server.CallAsync<RecordActivityTaskHeartbeatResponse>(
            new RecordActivityTaskHeartbeatRequest { Namespace = "default", TaskToken = first.TaskToken }
        );
        Assert.Equal(5, await CountAsync(server, "w"));
        await server.CallAsync<RespondActivityTaskFailedResponse>(
            new RespondActivityTaskFailedRequest
            {
                Namespace = "default",
                TaskToken = first.TaskToken,
                Failure = Failed("again"),
            }
        );
        server.Advance(TimeSpan.FromSeconds(2));
        await CompleteAsync(server, await server.PollActivityAsync());
        Assert.Equal(8, await CountAsync(server, "w"));
    }

    [Fact]
    public async Task What_comes_while_a_worker_has_the_task_costs_one_as_it_comes_and_the_task_started_with_the_answer_nothing()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        await server.SignalAsync("w");
        await server.SignalAsync("w");
        Assert.Equal(4, await CountAsync(server, "w"));
        await server.CompleteAsync(task, r => r.ReturnNewWorkflowTask = true);
        Assert.Equal(5, await CountAsync(server, "w"));
        Assert.Equal(5, WorkflowCost.Of(await server.HistoryAsync("w")).Transitions);
    }

    [Fact]
    public async Task A_buffered_event_that_does_not_come_into_the_history_is_still_counted_also_after_a_restart()
    {
        var store = new Temporal.Server.Store.InMemoryStore();
        await using (var server = await EngineHost.StartAsync(store))
        {
            await server.StartAsync("w");
            var task = await server.PollWorkflowAsync();
            await server.CompleteAsync(task, Timer("1", 5));
            await server.SignalAsync("w");
            task = await server.PollWorkflowAsync();
            server.Advance(TimeSpan.FromSeconds(5));
            await UntilCountAsync(server, "w", 6);
            await server.CompleteAsync(task, CancelTimer());
            Assert.Equal(7, await CountAsync(server, "w"));
        }

        await using var next = await EngineHost.StartAsync(store);
        Assert.Equal(7, await CountAsync(next, "w"));
    }

    [Fact]
    public async Task An_update_of_an_idle_workflow_costs_one_and_a_rejected_one_nothing()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync();
        var before = await CountAsync(server, "w");
        var rejected = server.UpdateAsync("1", Stage.Completed);
        var task = await server.PollWorkflowAsync();
        await server.CompleteAsync(task, r => r.Messages.Add(Updates.Rejects("1")));
        await rejected;
        Assert.Equal(before, await CountAsync(server, "w"));

        var accepted = server.UpdateAsync("2", Stage.Accepted);
        task = await server.PollWorkflowAsync();
        await server.CompleteAsync(task, r => r.Messages.Add(Updates.Accepts(task.Messages[0])), Message("2/accept"));
        await accepted;
        Assert.Equal(before + 1, await CountAsync(server, "w"));
        Assert.Equal(before + 1, WorkflowCost.Of(await server.HistoryAsync("w")).Transitions);
    }

    [Fact]
    public async Task A_child_costs_its_parent_two_and_itself_one_more_and_a_signal_from_another_workflow_two()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("parent");
        await server.StepAsync(Child("child"));
        await server.WaitForAsync("parent", e => e.EventType == EventType.ChildWorkflowExecutionStarted);
        await UntilCountAsync(server, "child", 2);
        Assert.Equal(4, await CountAsync(server, "parent"));

        await server.StepOnAsync("child", SignalExternal("parent"));
        await server.WaitForAsync("child", e => e.EventType == EventType.ExternalWorkflowExecutionSignaled);
        await server.StepOnAsync("child", Complete());
        await server.WaitForAsync("parent", e => e.EventType == EventType.ChildWorkflowExecutionCompleted);
        foreach (var id in (string[])["parent", "child"])
        {
            Assert.Equal(WorkflowCost.Of(await server.HistoryAsync(id)).Transitions, await CountAsync(server, id));
        }
    }

    private static async Task<long> CountAsync(EngineHost server, string id) =>
        (await server.DescribeAsync(id)).WorkflowExecutionInfo.StateTransitionCount;

    private static async Task UntilCountAsync(EngineHost server, string id, long count)
    {
        while (await CountAsync(server, id) < count)
        {
            await Task.Yield();
        }

        Assert.Equal(count, await CountAsync(server, id));
    }

    private static Task<RespondActivityTaskCompletedResponse> CompleteAsync(EngineHost server, PollActivityTaskQueueResponse task) =>
        server.CallAsync<RespondActivityTaskCompletedResponse>(
            new RespondActivityTaskCompletedRequest { Namespace = "default", TaskToken = task.TaskToken }
        );

    private static RepeatedField<HistoryEvent> Recorded(string name)
    {
        using var stream = typeof(StateTransitionTests).Assembly.GetManifestResourceStream($"{name}.json")!;
        using var text = new StreamReader(stream);
        return Json.Parse<Temporalio.Api.History.V1.History>(text.ReadToEnd()).Events;
    }
}
