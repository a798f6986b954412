using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;
using static Temporal.Server.Tests.Engine.Updates;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace Temporal.Server.Tests.Engine;

public sealed class ResetTests
{
    [Fact]
    public async Task A_reset_goes_on_from_the_workflow_task_and_the_current_run_is_terminated()
    {
        await using var server = await EngineHost.StartAsync();
        var first = (await server.StartAsync("w")).RunId;
        await server.StepAsync(Timer("1", 3600));
        await server.SignalAsync("w");
        await server.StepAsync(Marker());

        var second = await ResetAsync(server, 4);

        Assert.Equal(
            "WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskFailed WorkflowExecutionSignaled WorkflowTaskScheduled",
            await server.TypesAsync("w")
        );
        var events = await server.HistoryAsync("w");
        var failed = events[3].WorkflowTaskFailedEventAttributes;
        Assert.Equal((WorkflowTaskFailedCause.ResetWorkflow, first, second), (failed.Cause, failed.BaseRunId, failed.NewRunId));
        Assert.Equal("why", failed.Failure.Message);
        Assert.NotNull(failed.Failure.ResetWorkflowFailureInfo);
        Assert.Equal(first, events[0].WorkflowExecutionStartedEventAttributes.OriginalExecutionRunId);
        var old = (await server.HistoryAsync("w", first))[^1].WorkflowExecutionTerminatedEventAttributes;
        Assert.Equal(("why", "history-resetter"), (old.Reason, old.Identity));
        Assert.Equal(second, (await server.DescribeAsync("w")).WorkflowExecutionInfo.Execution.RunId);
        var task = await server.PollWorkflowAsync();
        Assert.Equal((second, 1), (task.WorkflowExecution.RunId, task.Attempt));
        await server.CompleteAsync(task, Complete());
        Assert.Equal(WorkflowExecutionStatus.Completed, (await server.DescribeAsync("w")).WorkflowExecutionInfo.Status);
    }

    [Theory]
    [InlineData(3, "WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskFailed")]
    [InlineData(4, "WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskFailed")]
    public async Task A_reset_may_name_the_start_of_a_workflow_task_too(long eventId, string expected)
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Complete());
        await ResetAsync(server, eventId);
        Assert.Equal($"WorkflowExecutionStarted {expected} WorkflowTaskScheduled", await server.TypesAsync("w"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(99)]
    public async Task A_reset_to_where_no_workflow_task_is_open_is_refused_and_changes_nothing(long eventId)
    {
        await using var server = await EngineHost.StartAsync();
        var runId = (await server.StartAsync("w")).RunId;
        await server.StepAsync(Timer("1", 3600), Timer("2", 3600));
        var error = await Assert.ThrowsAsync<RpcException>(() => ResetAsync(server, eventId));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        var described = await server.DescribeAsync("w");
        Assert.Equal(
            (runId, WorkflowExecutionStatus.Running, ""),
            (
                described.WorkflowExecutionInfo.Execution.RunId,
                described.WorkflowExecutionInfo.Status,
                described.WorkflowExtendedInfo.ResetRunId
            )
        );
    }

    [Fact]
    public async Task A_reset_counts_once_per_request_id()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Timer());
        var first = await ResetAsync(server, 4, r => r.RequestId = "same");
        Assert.Equal(first, await ResetAsync(server, 4, r => r.RequestId = "same"));
        Assert.NotEqual(first, await ResetAsync(server, 4, r => r.RequestId = "other"));
    }

    [Fact]
    public async Task Signals_that_waited_for_a_worker_are_carried_over_as_well()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Timer());
        await server.SignalAsync("w");
        await server.PollWorkflowAsync();
        await server.SignalAsync("w", "buffered");
        await ResetAsync(server, 4);
        Assert.Equal(
            ["signal", "buffered"],
            (await server.HistoryAsync("w")).Select(e => e.WorkflowExecutionSignaledEventAttributes?.SignalName).OfType<string>()
        );
    }

    [Fact]
    public async Task What_is_excluded_is_not_carried_over_and_cancel_requests_never_are()
    {
        await using var server = await EngineHost.StartAsync();
        var run = (await server.StartAsync("w")).RunId;
        await server.StepAsync(Timer());
        await server.SignalAsync("w");
        await server.CallAsync<RequestCancelWorkflowExecutionResponse>(
            new RequestCancelWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
            }
        );
        const string Nothing =
            "WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskFailed WorkflowTaskScheduled";
        await ResetAsync(server, 4, r =>
        {
            r.WorkflowExecution.RunId = run;
            r.ResetReapplyExcludeTypes.Add(ResetReapplyExcludeType.Signal);
        });
        Assert.Equal(Nothing, await server.TypesAsync("w"));
        await ResetAsync(server, 4, r =>
        {
            r.WorkflowExecution.RunId = run;
            r.ResetReapplyType = ResetReapplyType.None;
        });
        Assert.Equal(Nothing, await server.TypesAsync("w"));
        await ResetAsync(server, 4, r =>
        {
            r.WorkflowExecution.RunId = run;
            r.ResetReapplyType = ResetReapplyType.Signal;
        });
        Assert.Contains("WorkflowExecutionSignaled", await server.TypesAsync("w"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signals_are_carried_over_along_the_chain_of_runs_that_continued_as_new()
    {
        await using var server = await EngineHost.StartAsync();
        var first = (await server.StartAsync("w")).RunId;
        await server.StepAsync(Timer());
        await server.SignalAsync("w", "one");
        await server.StepAsync(ContinueAsNew());
        await server.SignalAsync("w", "two");
        await server.StepAsync(ContinueAsNew());
        await server.SignalAsync("w", "three");
        await ResetAsync(server, 4, r => r.WorkflowExecution.RunId = first);
        Assert.Equal(
            ["one", "two", "three"],
            (await server.HistoryAsync("w")).Select(e => e.WorkflowExecutionSignaledEventAttributes?.SignalName).OfType<string>()
        );
    }

    [Fact]
    public async Task An_accepted_update_is_admitted_again_with_its_request_and_survives_a_restart()
    {
        var store = new Temporal.Server.Store.InMemoryStore();
        await using (var server = await EngineHost.StartAsync(store))
        {
            await server.StartAsync("w");
            await server.StepAsync(Timer());
            var update = server.UpdateAsync("u", Stage.Completed);
            var task = await server.PollWorkflowAsync();
            await server.CarryOutAsync(task, task.Messages[0]);
            await update;
            await ResetAsync(server, 4);
            var admitted = Assert
                .Single(await server.HistoryAsync("w"), e => e.EventType == EventType.WorkflowExecutionUpdateAdmitted)
                .WorkflowExecutionUpdateAdmittedEventAttributes;
            Assert.Equal((UpdateAdmittedEventOrigin.Reapply, "u"), (admitted.Origin, admitted.Request.Meta.UpdateId));
        }

        await using var second = await EngineHost.StartAsync(store);
        var again = second.UpdateAsync("u", Stage.Completed);
        var next = await second.PollWorkflowAsync();
        // The request is in the history; a message besides would make the worker carry it out twice.
        Assert.Empty(next.Messages);
        var request = next.History.Events.Single(e => e.EventType == EventType.WorkflowExecutionUpdateAdmitted);
        await second.CompleteAsync(
            next,
            r => r.Messages.Add([Accepts(request), Responds("u")]),
            Message("u/accept"),
            Message("u/complete")
        );
        Assert.NotNull((await again).Outcome.Success);
        var accepted = Assert.Single(await second.HistoryAsync("w"), e => e.EventType == EventType.WorkflowExecutionUpdateAccepted);
        Assert.Null(accepted.WorkflowExecutionUpdateAcceptedEventAttributes.AcceptedRequest);
    }

    [Fact]
    public async Task An_update_that_was_carried_over_and_rejected_does_not_come_again()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Timer());
        var update = server.UpdateAsync("u", Stage.Accepted);
        var task = await server.PollWorkflowAsync();
        await server.CompleteAsync(task, r => r.Messages.Add(Accepts(task.Messages[0])), Message("u/accept"));
        await update;
        await ResetAsync(server, 4);
        var next = await server.PollWorkflowAsync();
        await server.CompleteAsync(next, r => r.Messages.Add(Rejects("u")));
        await server.SignalAsync("w");
        Assert.Empty((await server.PollWorkflowAsync()).Messages);
    }

    [Fact]
    public async Task An_activity_that_no_copied_event_starts_is_scheduled_anew()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Activity("a", a => a.ScheduleToCloseTimeout = Seconds(100)));
        var old = await server.PollActivityAsync();
        await server.SignalAsync("w");
        await server.StepAsync(Marker());
        server.Advance(TimeSpan.FromSeconds(5));
        var marker = (await server.HistoryAsync("w")).First(e => e.EventType == EventType.MarkerRecorded);
        await ResetAsync(server, marker.EventId - 1);

        var stale = await Assert.ThrowsAsync<RpcException>(() => CompleteAsync(server, old));
        Assert.Equal(StatusCode.NotFound, stale.StatusCode);
        var again = await server.PollActivityAsync();
        Assert.Equal(1, again.Attempt);
        server.Advance(TimeSpan.FromSeconds(9));
        await CompleteAsync(server, again);
        await server.WaitForAsync("w", e => e.EventType == EventType.ActivityTaskCompleted);
    }

    [Fact]
    public async Task An_activity_whose_start_is_copied_without_its_outcome_has_failed()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Activity());
        await server.SignalAsync("w");
        await CompleteAsync(server, await server.PollActivityAsync());
        await server.StepAsync(Timer());
        // ... 6 signaled, 7 task scheduled, 8 activity started, 9 activity completed, 10 task started
        Assert.Equal(EventType.ActivityTaskCompleted, (await server.HistoryAsync("w"))[8].EventType);
        await ResetAsync(server, 9);
        Assert.Contains(
            "ActivityTaskStarted WorkflowTaskStarted WorkflowTaskFailed ActivityTaskFailed",
            await server.TypesAsync("w"),
            StringComparison.Ordinal
        );
        var failed = Assert
            .Single(await server.HistoryAsync("w"), e => e.EventType == EventType.ActivityTaskFailed)
            .ActivityTaskFailedEventAttributes;
        Assert.Equal((5, 8), (failed.ScheduledEventId, failed.StartedEventId));
        Assert.NotNull(failed.Failure.ResetWorkflowFailureInfo);
    }

    [Fact]
    public async Task A_child_stays_and_reports_to_the_run_that_the_reset_made()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("parent");
        await server.StepAsync(Child("child"));
        await server.WaitForAsync("parent", e => e.EventType == EventType.ChildWorkflowExecutionStarted);
        var tasks = new[] { await server.PollWorkflowAsync(), await server.PollWorkflowAsync() }.ToDictionary(task =>
            task.WorkflowExecution.WorkflowId
        );
        await server.CompleteAsync(tasks["parent"], Timer());
        var completed = (await server.HistoryAsync("parent")).Last(e => e.EventType == EventType.WorkflowTaskCompleted);
        await ResetAsync(server, completed.EventId, workflowId: "parent");
        await server.CompleteAsync(tasks["child"], Complete());
        await server.WaitForAsync("parent", e => e.EventType == EventType.ChildWorkflowExecutionCompleted);
        Assert.Equal(WorkflowExecutionStatus.Completed, (await server.DescribeAsync("child")).WorkflowExecutionInfo.Status);
    }

    [Fact]
    public async Task A_child_that_started_or_ended_after_the_reset_point_is_not_started_twice()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("parent");
        var first = await server.PollWorkflowAsync();
        await server.CompleteAsync(first, r => r.ForceCreateNewWorkflowTask = true, Child("child"));
        var seen = new HashSet<string>();
        while (!seen.Contains("child"))
        {
            var task = await server.PollWorkflowAsync();
            seen.Add(task.WorkflowExecution.WorkflowId);
            await server.CompleteAsync(task, task.WorkflowExecution.WorkflowId == "child" ? [Complete()] : []);
        }

        await server.WaitForAsync("parent", e => e.EventType == EventType.ChildWorkflowExecutionCompleted);
        // 5 the initiation, 6 the next workflow task scheduled: the copy knows nothing of the child's start.
        Assert.Equal(EventType.WorkflowTaskScheduled, (await server.HistoryAsync("parent"))[5].EventType);
        await ResetAsync(server, 7, workflowId: "parent");
        Assert.Contains(
            "WorkflowTaskFailed ChildWorkflowExecutionStarted ChildWorkflowExecutionCompleted WorkflowTaskScheduled",
            await server.TypesAsync("parent"),
            StringComparison.Ordinal
        );
        Assert.Empty((await server.DescribeAsync("parent")).PendingChildren);
    }

    [Fact]
    public async Task Timeouts_of_a_reset_run_count_from_the_reset()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w", r =>
        {
            r.WorkflowRunTimeout = Seconds(100);
            r.WorkflowExecutionTimeout = Seconds(1000);
        });
        await server.StepAsync(Timer("1", 5000));
        server.Advance(TimeSpan.FromSeconds(90));
        await ResetAsync(server, 4);
        server.Advance(TimeSpan.FromSeconds(20));
        var described = await server.DescribeAsync("w");
        Assert.Equal(WorkflowExecutionStatus.Running, described.WorkflowExecutionInfo.Status);
        var extended = described.WorkflowExtendedInfo;
        Assert.Equal(TimeSpan.FromSeconds(100), extended.RunExpirationTime.ToDateTimeOffset() - extended.LastResetTime.ToDateTimeOffset());
        Assert.Equal(
            TimeSpan.FromSeconds(1000),
            extended.ExecutionExpirationTime.ToDateTimeOffset() - extended.LastResetTime.ToDateTimeOffset()
        );
        Assert.True(extended.OriginalStartTime.ToDateTimeOffset() < described.WorkflowExecutionInfo.StartTime.ToDateTimeOffset());
    }

    [Fact]
    public async Task The_first_workflow_task_of_each_build_is_a_reset_point_also_for_later_runs()
    {
        await using var server = await EngineHost.StartAsync();
        var first = (await server.StartAsync("w")).RunId;
        await CompleteAsBuildAsync(server, "one", Timer());
        await server.SignalAsync("w");
        await CompleteAsBuildAsync(server, "two", ContinueAsNew());
        await CompleteAsBuildAsync(server, "two", Timer());
        var points = (await server.DescribeAsync("w")).WorkflowExecutionInfo.AutoResetPoints.Points;
        Assert.Equal(["one", "two", "two"], points.Select(point => point.BuildId));
        Assert.Equal([first, first], points.Take(2).Select(point => point.RunId));
        Assert.Equal(4, points[0].FirstWorkflowTaskCompletedId);
    }

    [Fact]
    public async Task A_reset_may_change_options_and_nothing_else_on_the_way()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Timer());
        await Assert.ThrowsAsync<RpcException>(() =>
            ResetAsync(server, 4, r =>
                r.PostResetOperations.Add(
                    new Temporalio.Api.Workflow.V1.PostResetOperation
                    {
                        SignalWorkflow = new Temporalio.Api.Workflow.V1.PostResetOperation.Types.SignalWorkflow { SignalName = "s" },
                    }
                )
            )
        );
        await ResetAsync(server, 4, r => r.PostResetOperations.Add(
                new Temporalio.Api.Workflow.V1.PostResetOperation
                {
                    UpdateWorkflowOptions = new Temporalio.Api.Workflow.V1.PostResetOperation.Types.UpdateWorkflowOptions
                    {
                        WorkflowExecutionOptions = new Temporalio.Api.Workflow.V1.WorkflowExecutionOptions
                        {
                            Priority = new Priority { PriorityKey = 2 },
                        },
                        UpdateMask = new Google.Protobuf.WellKnownTypes.FieldMask { Paths = { "priority" } },
                    },
                }
            ));
        Assert.Equal(2, (await server.DescribeAsync("w")).WorkflowExecutionInfo.Priority.PriorityKey);
        Assert.EndsWith(
            "WorkflowTaskFailed WorkflowExecutionOptionsUpdated WorkflowTaskScheduled",
            await server.TypesAsync("w"),
            StringComparison.Ordinal
        );
    }

    private static async Task CompleteAsBuildAsync(EngineHost server, string build, Temporalio.Api.Command.V1.Command command)
    {
        var task = await server.PollWorkflowAsync();
        await server.CompleteAsync(task, r => r.WorkerVersionStamp = new WorkerVersionStamp { BuildId = build }, command);
    }

    private static Task<RespondActivityTaskCompletedResponse> CompleteAsync(EngineHost server, PollActivityTaskQueueResponse task) =>
        server.CallAsync<RespondActivityTaskCompletedResponse>(
            new RespondActivityTaskCompletedRequest { Namespace = "default", TaskToken = task.TaskToken }
        );

    private static async Task<string> ResetAsync(
        EngineHost server,
        long eventId,
        Action<ResetWorkflowExecutionRequest>? change = null,
        string workflowId = "w"
    )
    {
        var request = new ResetWorkflowExecutionRequest
        {
            Namespace = "default",
            WorkflowExecution = new WorkflowExecution { WorkflowId = workflowId },
            WorkflowTaskFinishEventId = eventId,
            Reason = "why",
            RequestId = Guid.NewGuid().ToString(),
        };
        change?.Invoke(request);
        return (await server.CallAsync<ResetWorkflowExecutionResponse>(request)).RunId;
    }
}
