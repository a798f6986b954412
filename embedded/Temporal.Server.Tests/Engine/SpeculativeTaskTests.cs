using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;
using static Temporal.Server.Tests.Engine.Updates;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace Temporal.Server.Tests.Engine;

public sealed class SpeculativeTaskTests
{
    private const string Idle = "WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted TimerStarted";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_rejected_update_leaves_no_trace_and_the_worker_hears_where_to_go_back_to(int cachedRuns)
    {
        await using var server = await IdleAsync(cachedRuns);
        for (var i = 0; i < 3; i++)
        {
            var update = server.UpdateAsync($"u{i}", Stage.Accepted);
            var task = await server.PollWorkflowAsync();
            Assert.Equal((7, 3, 1), (task.StartedEventId, task.PreviousStartedEventId, task.Attempt));
            Assert.Equal([1, 2, 3, 4, 5, 6, 7], task.History.Events.Select(e => e.EventId));
            Assert.Equal(EventType.WorkflowTaskStarted, task.History.Events[^1].EventType);
            Assert.Equal(6, Assert.Single(task.Messages).EventId);
            Assert.Equal(Idle, await server.TypesAsync("w"));
            var reply = await server.CompleteAsync(task, r => Discard(r, Rejects($"u{i}")));
            Assert.Equal(3, reply.ResetHistoryEventId);
            Assert.Equal("no", (await update).Outcome.Failure.Message);
            Assert.Equal(Idle, await server.TypesAsync("w"));
            Assert.Null((await server.DescribeAsync("w")).PendingWorkflowTask);
        }
    }

    [Fact]
    public async Task An_update_that_is_not_answered_is_rejected_without_a_trace()
    {
        await using var server = await IdleAsync();
        var update = server.UpdateAsync("u", Stage.Completed);
        var reply = await server.CompleteAsync(await server.PollWorkflowAsync(), Discard);
        Assert.Equal(3, reply.ResetHistoryEventId);
        Assert.Equal("UnprocessedUpdate", (await update).Outcome.Failure.ApplicationFailureInfo.Type);
        Assert.Equal(Idle, await server.TypesAsync("w"));
    }

    [Fact]
    public async Task An_accepted_update_is_written_with_its_workflow_task()
    {
        await using var server = await IdleAsync();
        var update = server.UpdateAsync("u", Stage.Accepted);
        var task = await server.PollWorkflowAsync();
        var reply = await server.CompleteAsync(task, r => r.Messages.Add(Accepts(task.Messages[0])), Message("u/accept"));
        Assert.Equal(0, reply.ResetHistoryEventId);
        await update;
        Assert.Equal(
            $"{Idle} WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionUpdateAccepted",
            await server.TypesAsync("w")
        );
        Assert.Equal(
            6,
            (await server.HistoryAsync("w"))[^1].WorkflowExecutionUpdateAcceptedEventAttributes.AcceptedRequestSequencingEventId
        );
    }

    [Fact]
    public async Task A_worker_that_cannot_see_events_twice_and_one_that_saw_many_get_them_written()
    {
        await using var server = await IdleAsync();
        var first = server.UpdateAsync("1", Stage.Accepted);
        await server.CompleteAsync(await server.PollWorkflowAsync(), r => r.Messages.Add(Rejects("1")));
        await first;
        Assert.Equal($"{Idle} WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted", await server.TypesAsync("w"));
        await server.SignalAsync("w");
        await server.StepAsync([.. Enumerable.Range(0, 11).Select(_ => Marker())]);
        var length = (await server.HistoryAsync("w")).Count;
        var second = server.UpdateAsync("2", Stage.Accepted);
        await server.CompleteAsync(await server.PollWorkflowAsync(), r => Discard(r, Rejects("2")));
        await second;
        Assert.Equal(length + 3, (await server.HistoryAsync("w")).Count);
    }

    [Fact]
    public async Task A_signal_before_the_worker_takes_the_task_makes_it_a_normal_one()
    {
        await using var server = await IdleAsync();
        var update = server.UpdateAsync("u", Stage.Accepted);
        await UntilScheduledAsync(server);
        await server.SignalAsync("w");
        Assert.Equal($"{Idle} WorkflowTaskScheduled WorkflowExecutionSignaled", await server.TypesAsync("w"));
        var task = await server.PollWorkflowAsync();
        Assert.Single(task.Messages);
        var reply = await server.CompleteAsync(task, r => Discard(r, Rejects("u")));
        Assert.Equal(0, reply.ResetHistoryEventId);
        await update;
        Assert.True((await server.PollWorkflowAsync(wait: TimeSpan.FromMilliseconds(20))).TaskToken.IsEmpty);
    }

    [Fact]
    public async Task A_signal_while_a_worker_has_the_task_makes_it_a_normal_one_and_waits_in_the_buffer()
    {
        await using var server = await IdleAsync();
        var update = server.UpdateAsync("u", Stage.Accepted);
        var task = await server.PollWorkflowAsync();
        await server.SignalAsync("w");
        Assert.Equal($"{Idle} WorkflowTaskScheduled WorkflowTaskStarted", await server.TypesAsync("w"));
        var reply = await server.CompleteAsync(task, r => Discard(r, Rejects("u")));
        Assert.Equal(0, reply.ResetHistoryEventId);
        await update;
        Assert.Equal(
            $"{Idle} WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionSignaled WorkflowTaskScheduled",
            await server.TypesAsync("w")
        );
    }

    [Fact]
    public async Task A_task_that_no_worker_takes_is_written_after_five_seconds()
    {
        await using var server = await IdleAsync();
        var update = server.UpdateAsync("u", Stage.Accepted);
        await UntilScheduledAsync(server);
        server.Advance(TimeSpan.FromSeconds(5));
        await server.WaitForAsync("w", e => e.EventType == EventType.WorkflowTaskTimedOut);
        Assert.Equal($"{Idle} WorkflowTaskScheduled WorkflowTaskTimedOut WorkflowTaskScheduled", await server.TypesAsync("w"));
        var task = await server.PollWorkflowAsync();
        await server.CompleteAsync(task, r => r.Messages.Add(Rejects("u")));
        await update;
    }

    [Fact]
    public async Task A_task_that_fails_or_times_out_is_written()
    {
        await using var server = await IdleAsync();
        var update = server.UpdateAsync("u", Stage.Accepted, TimeSpan.FromMilliseconds(50));
        await server.PollWorkflowAsync();
        server.Advance(TimeSpan.FromSeconds(10));
        await server.WaitForAsync("w", e => e.EventType == EventType.WorkflowTaskTimedOut);
        Assert.Equal($"{Idle} WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskTimedOut", await server.TypesAsync("w"));
        Assert.Equal(2, (await server.PollWorkflowAsync()).Attempt);
        await update;
    }

    [Fact]
    public async Task A_termination_leaves_out_a_task_that_nobody_has_seen_and_fails_one_that_a_worker_has()
    {
        await using var server = await IdleAsync();
        var update = server.UpdateAsync("u", Stage.Accepted);
        await UntilScheduledAsync(server);
        await TerminateAsync(server);
        Assert.Equal($"{Idle} WorkflowExecutionTerminated", await server.TypesAsync("w"));
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => update)).StatusCode);

        await server.StartAsync("w");
        await server.StepAsync(Timer("1", 3600));
        var second = server.UpdateAsync("u", Stage.Accepted);
        var task = await server.PollWorkflowAsync();
        await TerminateAsync(server);
        Assert.Equal(
            $"{Idle} WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskFailed WorkflowExecutionTerminated",
            await server.TypesAsync("w")
        );
        await Assert.ThrowsAsync<RpcException>(() => second);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => server.CompleteAsync(task))).StatusCode);
    }

    [Fact]
    public async Task Updates_that_came_meanwhile_go_with_the_next_task_which_is_speculative_again()
    {
        await using var server = await IdleAsync();
        var first = server.UpdateAsync("1", Stage.Accepted);
        var task = await server.PollWorkflowAsync();
        var second = server.UpdateAsync("2", Stage.Accepted);
        var reply = await server.CompleteAsync(task, r =>
        {
            Discard(r, Rejects("1"));
            r.ReturnNewWorkflowTask = true;
        });
        await first;
        Assert.Equal(3, reply.ResetHistoryEventId);
        Assert.Equal("2", Assert.Single(reply.WorkflowTask.Messages).ProtocolInstanceId);
        Assert.Equal(Idle, await server.TypesAsync("w"));
        var last = await server.CompleteAsync(reply.WorkflowTask, r => Discard(r, Rejects("2")));
        Assert.Equal(3, last.ResetHistoryEventId);
        await second;
        Assert.Equal(Idle, await server.TypesAsync("w"));
    }

    [Fact]
    public async Task An_answer_to_a_task_that_was_forgotten_is_refused_although_the_next_one_has_its_ids()
    {
        await using var server = await IdleAsync();
        var first = server.UpdateAsync("1", Stage.Accepted);
        var task = await server.PollWorkflowAsync();
        await server.CompleteAsync(task, r => Discard(r, Rejects("1")));
        await first;
        var second = server.UpdateAsync("2", Stage.Accepted);
        var next = await server.PollWorkflowAsync();
        Assert.Equal(task.StartedEventId, next.StartedEventId);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => server.CompleteAsync(task, Discard))).StatusCode);
        await server.CompleteAsync(next, r => Discard(r, Rejects("2")));
        await second;
    }

    [Fact]
    public async Task A_query_rides_on_a_speculative_task_and_is_answered_when_that_is_forgotten()
    {
        await using var server = await IdleAsync();
        var update = server.UpdateAsync("u", Stage.Accepted);
        await UntilScheduledAsync(server);
        var query = server.CallAsync<QueryWorkflowResponse>(
            new QueryWorkflowRequest
            {
                Namespace = "default",
                Execution = new WorkflowExecution { WorkflowId = "w" },
                Query = new WorkflowQuery { QueryType = "q" },
            }
        );
        var task = await server.PollWorkflowAsync();
        await server.CompleteAsync(task, r =>
        {
            Discard(r, Rejects("u"));
            r.QueryResults[Assert.Single(task.Queries).Key] = new WorkflowQueryResult
            {
                ResultType = QueryResultType.Answered,
                Answer = Text("answer"),
            };
        });
        Assert.Equal("\"answer\"", (await query).QueryResult.Payloads_[0].Data.ToStringUtf8());
        await update;
        Assert.Equal(Idle, await server.TypesAsync("w"));
    }

    [Fact]
    public async Task A_server_that_restarts_knows_nothing_of_the_task_and_the_client_asks_again()
    {
        var store = new Temporal.Server.Store.InMemoryStore();
        PollWorkflowTaskQueueResponse lost;
        await using (var first = await EngineHost.StartAsync(store))
        {
            await first.StartAsync("w");
            await first.StepAsync(Timer("1", 3600));
            var unanswered = first.UpdateAsync("u", Stage.Accepted, TimeSpan.FromMilliseconds(50));
            lost = await first.PollWorkflowAsync();
            await unanswered;
        }

        await using var second = await EngineHost.StartAsync(store);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => second.CompleteAsync(lost, Discard))).StatusCode);
        Assert.Null((await second.DescribeAsync("w")).PendingWorkflowTask);
        var again = second.UpdateAsync("u", Stage.Accepted);
        var task = await second.PollWorkflowAsync();
        await second.CompleteAsync(task, r => r.Messages.Add(Accepts(task.Messages[0])), Message("u/accept"));
        Assert.Equal(Stage.Accepted, (await again).Stage);
    }

    private static async Task<EngineHost> IdleAsync(int cachedRuns = 0)
    {
        var server = await EngineHost.StartAsync(cachedRuns: cachedRuns);
        await server.StartAsync("w");
        await server.StepAsync(Timer("1", 3600));
        return server;
    }

    // As an SDK answers that can go back when the task is forgotten.
    private static void Discard(RespondWorkflowTaskCompletedRequest request, Temporalio.Api.Protocol.V1.Message message)
    {
        Discard(request);
        request.Messages.Add(message);
    }

    private static void Discard(RespondWorkflowTaskCompletedRequest request) =>
        request.Capabilities = new RespondWorkflowTaskCompletedRequest.Types.Capabilities
        {
            DiscardSpeculativeWorkflowTaskWithEvents = true,
        };

    private static async Task UntilScheduledAsync(EngineHost server)
    {
        while ((await server.DescribeAsync("w")).PendingWorkflowTask is null)
        {
            await Task.Yield();
        }
    }

    private static Task<TerminateWorkflowExecutionResponse> TerminateAsync(EngineHost server) =>
        server.CallAsync<TerminateWorkflowExecutionResponse>(
            new TerminateWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
            }
        );
}
