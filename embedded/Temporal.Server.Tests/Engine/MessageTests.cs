using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;
using static Temporal.Server.Tests.Engine.Updates;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace Temporal.Server.Tests.Engine;

public sealed class MessageTests
{
    [Fact]
    public async Task A_signal_counts_once_per_request_id()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        await server.SignalAsync("w", requestId: "r");
        await server.SignalAsync("w", requestId: "r");
        await server.CompleteAsync(task, Timer());
        await server.SignalAsync("w", requestId: "r");
        Assert.Single(await server.HistoryAsync("w"), e => e.EventType == EventType.WorkflowExecutionSignaled);
    }

    [Fact]
    public async Task A_signal_that_was_taken_before_the_close_is_not_refused_when_it_comes_again()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.SignalAsync("w", requestId: "r");
        await server.StepAsync(Complete());
        await server.SignalAsync("w", requestId: "r");
    }

    [Fact]
    public async Task A_signal_to_a_closed_run_is_an_error()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Complete());
        var error = await Assert.ThrowsAsync<RpcException>(() => server.SignalAsync("w"));
        Assert.Equal((StatusCode.NotFound, "workflow execution already completed"), (error.StatusCode, error.Message));
    }

    [Fact]
    public async Task Signal_with_start_puts_the_signal_before_the_first_task()
    {
        await using var server = await EngineHost.StartAsync();
        var request = new SignalWithStartWorkflowExecutionRequest
        {
            Namespace = "default",
            WorkflowId = "w",
            WorkflowType = new WorkflowType { Name = "Type" },
            TaskQueue = EngineHost.Queue("tq"),
            SignalName = "s",
            RequestId = "1",
        };
        var first = await server.CallAsync<SignalWithStartWorkflowExecutionResponse>(request);
        Assert.True(first.Started);
        request.RequestId = "2";
        var second = await server.CallAsync<SignalWithStartWorkflowExecutionResponse>(request);
        Assert.Equal((first.RunId, false), (second.RunId, second.Started));
        Assert.Equal(
            "WorkflowExecutionStarted WorkflowExecutionSignaled WorkflowTaskScheduled WorkflowExecutionSignaled",
            await server.TypesAsync("w")
        );
    }

    [Fact]
    public async Task A_second_cancel_request_changes_nothing()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var request = new RequestCancelWorkflowExecutionRequest
        {
            Namespace = "default",
            WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
        };
        await server.CallAsync<RequestCancelWorkflowExecutionResponse>(request);
        await server.CallAsync<RequestCancelWorkflowExecutionResponse>(request);
        Assert.Single(await server.HistoryAsync("w"), e => e.EventType == EventType.WorkflowExecutionCancelRequested);
    }

    [Fact]
    public async Task An_idle_run_is_asked_directly_and_a_closed_one_still_answers()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Timer());
        var length = (await server.HistoryAsync("w")).Count;
        await AnswerDirectlyAsync(server, "open");
        Assert.Equal(length, (await server.HistoryAsync("w")).Count);
        await server.SignalAsync("w");
        await server.StepAsync(Complete());
        await AnswerDirectlyAsync(server, "closed");
    }

    [Fact]
    public async Task A_query_during_a_workflow_task_sees_what_that_task_did()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Timer());
        await server.SignalAsync("w");
        var task = await server.PollWorkflowAsync();
        var query = QueryAsync(server);
        Assert.False(query.IsCompleted);
        await server.CompleteAsync(task, Marker());
        var own = await server.PollWorkflowAsync();
        Assert.NotNull(own.Query);
        Assert.Equal(EventType.MarkerRecorded, own.History.Events[^1].EventType);
        await AnswerAsync(server, own, "after");
        Assert.Equal("\"after\"", (await query).QueryResult.Payloads_[0].Data.ToStringUtf8());
    }

    [Fact]
    public async Task A_query_before_a_pending_task_travels_with_it()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var query = QueryAsync(server);
        var task = await server.PollWorkflowAsync();
        var (id, asked) = Assert.Single(task.Queries);
        Assert.Equal("q", asked.QueryType);
        await server.CompleteAsync(
            task,
            r => r.QueryResults[id] = new WorkflowQueryResult { ResultType = QueryResultType.Answered, Answer = Text("attached") },
            Timer()
        );
        Assert.Equal("\"attached\"", (await query).QueryResult.Payloads_[0].Data.ToStringUtf8());
    }

    [Fact]
    public async Task A_query_is_rejected_when_the_caller_wants_an_open_run()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Complete());
        var reply = await QueryAsync(server, QueryRejectCondition.NotOpen);
        Assert.Equal(WorkflowExecutionStatus.Completed, reply.QueryRejected.Status);
    }

    [Fact]
    public async Task An_update_is_accepted_and_completed_by_the_workflow_and_found_again_by_its_id()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Timer());
        var accepted = server.UpdateAsync("u", Stage.Accepted);
        var task = await server.PollWorkflowAsync();
        var message = Assert.Single(task.Messages);
        Assert.Equal(task.StartedEventId - 1, message.EventId);
        Assert.Equal("u", message.Body.Unpack<Request>().Meta.UpdateId);
        await server.CompleteAsync(task, r => r.Messages.Add(Accepts(message)), Message("u/accept"), Timer("2"));
        Assert.Equal(Stage.Accepted, (await accepted).Stage);

        var completed = server.UpdateAsync("u", Stage.Completed);
        await server.SignalAsync("w");
        var next = await server.PollWorkflowAsync();
        Assert.Empty(next.Messages);
        await server.CompleteAsync(next, r => r.Messages.Add(Responds("u")), Message("u/complete"));
        Assert.Equal("\"outcome\"", (await completed).Outcome.Success.Payloads_[0].Data.ToStringUtf8());
        Assert.Equal("\"outcome\"", (await server.UpdateAsync("u", Stage.Completed)).Outcome.Success.Payloads_[0].Data.ToStringUtf8());

        var polled = await server.CallAsync<PollWorkflowExecutionUpdateResponse>(
            new PollWorkflowExecutionUpdateRequest
            {
                Namespace = "default",
                UpdateRef = new UpdateRef
                {
                    WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
                    UpdateId = "u",
                },
                WaitPolicy = new WaitPolicy { LifecycleStage = Stage.Completed },
            }
        );
        Assert.NotNull(polled.Outcome.Success);
        Assert.Contains("WorkflowExecutionUpdateAccepted TimerStarted", await server.TypesAsync("w"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejected_update_leaves_nothing_but_its_failure()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Timer());
        var update = server.UpdateAsync("u", Stage.Accepted);
        var task = await server.PollWorkflowAsync();
        await server.CompleteAsync(task, r => r.Messages.Add(Rejects("u")));
        var reply = await update;
        Assert.Equal((Stage.Completed, "no"), (reply.Stage, reply.Outcome.Failure.Message));
        Assert.DoesNotContain("Update", await server.TypesAsync("w"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_update_that_the_worker_ignores_is_rejected()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var update = server.UpdateAsync("u", Stage.Completed);
        await server.StepAsync(Timer());
        Assert.Equal("UnprocessedUpdate", (await update).Outcome.Failure.ApplicationFailureInfo.Type);
    }

    [Fact]
    public async Task A_workflow_that_completes_fails_the_updates_that_it_has_accepted()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var update = server.UpdateAsync("u", Stage.Completed);
        var task = await server.PollWorkflowAsync();
        await server.CompleteAsync(task, r => r.Messages.Add(Accepts(task.Messages[0])), Message("u/accept"), Complete());
        Assert.Equal("AcceptedUpdateCompletedWorkflow", (await update).Outcome.Failure.ApplicationFailureInfo.Type);
    }

    [Fact]
    public async Task A_workflow_cannot_close_over_an_update_that_it_has_not_seen_and_the_next_task_brings_it()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        var update = server.UpdateAsync("u", Stage.Completed);
        var error = await Assert.ThrowsAsync<RpcException>(() => server.CompleteAsync(task, Complete()));
        Assert.Equal("UnhandledCommand", error.Message);
        var next = await server.PollWorkflowAsync();
        await server.CarryOutAsync(next, next.Messages[0], Complete());
        Assert.NotNull((await update).Outcome.Success);
    }

    [Fact]
    public async Task An_update_whose_workflow_task_fails_in_its_completion_is_not_tried_again_but_those_behind_it_are()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Timer());
        var sent = server.UpdateAsync("sent", Stage.Completed);
        var task = await server.PollWorkflowAsync();
        var behind = server.UpdateAsync("behind", Stage.Completed);
        await Assert.ThrowsAsync<RpcException>(() => server.CompleteAsync(task, Timer()));
        var error = await Assert.ThrowsAsync<RpcException>(() => sent);
        Assert.Equal(
            (StatusCode.FailedPrecondition, "Unable to perform workflow execution update due to unexpected workflow task failure."),
            (error.StatusCode, error.Message)
        );
        Assert.IsType<WorkflowNotReadyFailure>(Assert.Single(error.Details));
        var next = await server.PollWorkflowAsync();
        Assert.Equal("behind", Assert.Single(next.Messages).ProtocolInstanceId);
        await server.CompleteAsync(next, r => r.Messages.Add(Rejects("behind")));
        await behind;
    }

    [Fact]
    public async Task An_update_comes_again_after_its_worker_has_failed_the_workflow_task()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Timer());
        var update = server.UpdateAsync("u", Stage.Completed);
        var task = await server.PollWorkflowAsync();
        await server.CallAsync<RespondWorkflowTaskFailedResponse>(
            new RespondWorkflowTaskFailedRequest { Namespace = "default", TaskToken = task.TaskToken }
        );
        Assert.EndsWith(
            "WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskFailed",
            await server.TypesAsync("w"),
            StringComparison.Ordinal
        );
        var again = await server.PollWorkflowAsync();
        Assert.Equal((2, "u"), (again.Attempt, Assert.Single(again.Messages).ProtocolInstanceId));
        await server.CompleteAsync(again, r => r.Messages.Add(Rejects("u")));
        await update;
    }

    [Fact]
    public async Task Whoever_would_keep_a_workflow_from_closing_a_second_time_is_told_to_come_back()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        await server.SignalAsync("w");
        await Assert.ThrowsAsync<RpcException>(() => server.CompleteAsync(task, Complete()));
        await server.SignalAsync("w", "before the next task");
        var next = await server.PollWorkflowAsync();
        var signal = await Assert.ThrowsAsync<RpcException>(() => server.SignalAsync("w"));
        Assert.Equal(
            (StatusCode.ResourceExhausted, ResourceExhaustedCause.BusyWorkflow),
            (signal.StatusCode, Assert.IsType<ResourceExhaustedFailure>(Assert.Single(signal.Details)).Cause)
        );
        var update = await Assert.ThrowsAsync<RpcException>(() => server.UpdateAsync("u", Stage.Accepted));
        Assert.Equal(StatusCode.ResourceExhausted, update.StatusCode);
        await server.CompleteAsync(next, Timer());
        await server.SignalAsync("w");
    }

    [Fact]
    public async Task An_update_follows_its_workflow_into_the_next_run()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        await server.CompleteAsync(task, ContinueAsNew());
        var update = server.UpdateAsync("u", Stage.Completed);
        var next = await server.PollWorkflowAsync();
        await server.CarryOutAsync(next, next.Messages[0], Timer());
        Assert.NotNull((await update).Outcome.Success);
    }

    [Fact]
    public async Task A_query_that_the_sticky_worker_does_not_take_gives_that_worker_up()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var first = await server.PollWorkflowAsync();
        await server.CompleteAsync(
            first,
            request =>
                request.StickyAttributes = new StickyExecutionAttributes
                {
                    WorkerTaskQueue = new TaskQueue
                    {
                        Name = "sticky",
                        Kind = TaskQueueKind.Sticky,
                        NormalName = "tq",
                    },
                    ScheduleToStartTimeout = Seconds(5),
                },
            Timer()
        );

        await AnswerDirectlyAsync(server, "answer");
        await server.SignalAsync("w");

        Assert.Equal(TaskQueueKind.Normal, (await server.HistoryAsync("w"))[^1].WorkflowTaskScheduledEventAttributes.TaskQueue.Kind);
    }

    [Fact]
    public async Task Update_with_start_brings_the_update_with_the_first_task()
    {
        await using var server = await EngineHost.StartAsync();
        var call = server.UpdateWithStartAsync("w", "u", Stage.Completed);
        var task = await server.PollWorkflowAsync();
        await server.CarryOutAsync(task, task.Messages[0]);
        var reply = await call;
        Assert.True(reply.Responses[0].StartWorkflow.Started);
        Assert.NotNull(reply.Responses[1].UpdateWorkflow.Outcome.Success);
    }

    private static Task<QueryWorkflowResponse> QueryAsync(EngineHost server, QueryRejectCondition condition = QueryRejectCondition.None) =>
        server.CallAsync<QueryWorkflowResponse>(
            new QueryWorkflowRequest
            {
                Namespace = "default",
                Execution = new WorkflowExecution { WorkflowId = "w" },
                Query = new WorkflowQuery { QueryType = "q" },
                QueryRejectCondition = condition,
            }
        );

    private static async Task AnswerDirectlyAsync(EngineHost server, string answer)
    {
        var query = QueryAsync(server);
        var task = await server.PollWorkflowAsync();
        Assert.Equal("q", task.Query.QueryType);
        Assert.Equal(0, task.StartedEventId);
        await AnswerAsync(server, task, answer);
        Assert.Equal($"\"{answer}\"", (await query).QueryResult.Payloads_[0].Data.ToStringUtf8());
    }

    private static Task<RespondQueryTaskCompletedResponse> AnswerAsync(
        EngineHost server,
        PollWorkflowTaskQueueResponse task,
        string answer
    ) =>
        server.CallAsync<RespondQueryTaskCompletedResponse>(
            new RespondQueryTaskCompletedRequest
            {
                Namespace = "default",
                TaskToken = task.TaskToken,
                CompletedType = QueryResultType.Answered,
                QueryResult = Text(answer),
            }
        );
}
