using Google.Protobuf;
using Temporal.Server.Frontend;
using Temporal.Server.History;
using Temporal.Server.History.Chains;
using Temporal.Server.History.Starts;
using Temporal.Server.Rpc;
using Temporal.Server.Schedules.Records;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Schedules;

/// <summary>What schedules do to workflows: start them (once, however often asked), end them, look how they ended.</summary>
internal sealed class ScheduledWorkflows(HistoryEngine engine)
{
    private const string Identity = "temporal-scheduler";

    private readonly WorkflowStarter starter = new(engine);

    /// <summary>Carries out a planned start; again after a crash, as its request id makes it the same start.</summary>
    /// <returns>The run; null run when the request is refused for good.</returns>
    public async Task<StartedAction> StartAsync(
        NamespaceRecord space,
        ScheduleRecord schedule,
        PlannedStart planned,
        CancellationToken cancellationToken
    )
    {
        if (await FindStartedAsync(space, planned, cancellationToken).ConfigureAwait(false) is { } before)
        {
            return before;
        }

        try
        {
            var plan = StartRequests.Plan(engine.Limits, space, RequestOf(space, schedule, planned));
            var outcome = await starter.StartAsync(plan, cancellationToken).ConfigureAwait(false);
            return new StartedAction(planned.RequestId, ToExecution(planned.WorkflowId, outcome.Run.RunId), engine.Now);
        }
        catch (RpcException refused)
            when (refused.StatusCode is StatusCode.InvalidArgument or StatusCode.AlreadyExists or StatusCode.FailedPrecondition)
        {
            ScheduleLog.StartRefused(engine.Logger, schedule.ScheduleId, planned.WorkflowId, refused.Message);
            return new StartedAction(planned.RequestId, Run: null, engine.Now);
        }
    }

    /// <summary>How a workflow ended, as far as its chain goes; null while it runs.</summary>
    public async Task<EndedAction?> FindEndAsync(string namespaceId, WorkflowExecution started, CancellationToken cancellationToken)
    {
        var current = await engine.FindCurrentRunAsync(namespaceId, started.WorkflowId, cancellationToken).ConfigureAwait(false);
        var isOfChain = current?.FirstRunId == started.RunId;
        if (isOfChain && current!.Status == WorkflowExecutionStatus.Running)
        {
            return null;
        }

        for (var runId = isOfChain ? current!.RunId : started.RunId; ;)
        {
            HistoryEvent? close;
            string successor;
            WorkflowExecutionStatus status;
            try
            {
                (close, successor, status) = await engine
                    .TransactAsync(
                        new RunKey(namespaceId, started.WorkflowId, runId),
                        t => (t.State.Close?.Event, t.State.Close?.SuccessorRunId ?? "", t.State.Status),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
            {
                // Deleted, and what is open is terminated before it is deleted.
                return new EndedAction(started.RunId, WorkflowExecutionStatus.Terminated, Result: null, Failure: null);
            }

            if (close is null)
            {
                return null;
            }

            if (successor.Length == 0)
            {
                return EndOf(started.RunId, status, close);
            }

            runId = successor;
        }
    }

    /// <summary>Makes a workflow's chain end; nothing when it has ended by itself.</summary>
    public async Task EndAsync(string namespaceId, WorkflowExecution started, RunningEnd end, CancellationToken cancellationToken)
    {
        var isEnded = false;
        while (
            !isEnded
            && await engine.FindCurrentRunAsync(namespaceId, started.WorkflowId, cancellationToken).ConfigureAwait(false) is { } current
            && current.FirstRunId == started.RunId
            && current.Status == WorkflowExecutionStatus.Running
        )
        {
            try
            {
                isEnded = await engine
                    .TransactAsync(new RunKey(namespaceId, started.WorkflowId, current.RunId), t => TryEnd(t, end), cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
            {
                // Deleted: that ends it as well.
                return;
            }
        }
    }

    // False when the run was the current one but has been continued by another since it was looked up.
    private static bool TryEnd(Transition t, RunningEnd end)
    {
        if (t.State.Close is { SuccessorRunId.Length: > 0 })
        {
            return false;
        }

        if (end == RunningEnd.Cancel)
        {
            t.RequestCancel(
                new WorkflowExecutionCancelRequestedEventAttributes { Cause = "cancelled by schedule overlap policy", Identity = Identity }
            );
        }
        else if (t.State.IsOpen)
        {
            t.Terminate("terminated by schedule overlap policy", details: null, Identity);
        }

        return true;
    }

    // The workflow that this very start has begun, however far its chain has come by now.
    private async Task<StartedAction?> FindStartedAsync(NamespaceRecord space, PlannedStart planned, CancellationToken cancellationToken)
    {
        if (await engine.FindCurrentRunAsync(space.Id, planned.WorkflowId, cancellationToken).ConfigureAwait(false) is not { } current)
        {
            return null;
        }

        try
        {
            var (requestId, started) = await engine
                .TransactAsync(
                    new RunKey(space.Id, planned.WorkflowId, current.FirstRunId),
                    t => (t.State.StartRequestId, t.State.StartTime),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return requestId == planned.RequestId
                ? new StartedAction(planned.RequestId, ToExecution(planned.WorkflowId, current.FirstRunId), started)
                : null;
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            // The chain's first run is deleted, so it is an old one.
            return null;
        }
    }

    private static StartWorkflowExecutionRequest RequestOf(NamespaceRecord space, ScheduleRecord schedule, PlannedStart planned)
    {
        var action = schedule.Schedule.Action.StartWorkflow;
        var attributes = action.SearchAttributes?.Clone() ?? new SearchAttributes();
        attributes.IndexedFields["TemporalScheduledStartTime"] = Json(
            planned
                .Start.NominalTime.ToDateTimeOffset()
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)
        );
        attributes.IndexedFields["TemporalScheduledById"] = Json(schedule.ScheduleId);
        return new StartWorkflowExecutionRequest
        {
            Namespace = space.Name,
            WorkflowId = planned.WorkflowId,
            WorkflowType = action.WorkflowType,
            TaskQueue = action.TaskQueue,
            Input = action.Input,
            WorkflowExecutionTimeout = action.WorkflowExecutionTimeout,
            WorkflowRunTimeout = action.WorkflowRunTimeout,
            WorkflowTaskTimeout = action.WorkflowTaskTimeout,
            Identity = $"{Identity}-{space.Name}-{schedule.ScheduleId}",
            RequestId = planned.RequestId,
            // An id with a time in it is taken once, unless somebody asks for that time again.
            WorkflowIdReusePolicy =
                planned.Start.Manual || schedule.Schedule.Policies.KeepOriginalWorkflowId
                    ? WorkflowIdReusePolicy.AllowDuplicate
                    : WorkflowIdReusePolicy.RejectDuplicate,
            RetryPolicy = action.RetryPolicy,
            Memo = action.Memo,
            SearchAttributes = attributes,
            Header = action.Header,
            LastCompletionResult = planned.Exclusive ? schedule.LastCompletionResult : null,
            ContinuedFailure = planned.Exclusive ? schedule.ContinuedFailure : null,
            UserMetadata = action.UserMetadata,
            Priority = action.Priority,
        };
    }

    private static EndedAction EndOf(string firstRunId, WorkflowExecutionStatus status, HistoryEvent close) =>
        new(
            firstRunId,
            status,
            close.WorkflowExecutionCompletedEventAttributes?.Result,
            status == WorkflowExecutionStatus.TimedOut
                ? new Failure
                {
                    Message = "workflow timeout",
                    TimeoutFailureInfo = new TimeoutFailureInfo { TimeoutType = TimeoutType.StartToClose },
                }
                : close.WorkflowExecutionFailedEventAttributes?.Failure
        );

    private static WorkflowExecution ToExecution(string workflowId, string runId) => new() { WorkflowId = workflowId, RunId = runId };

    private static Payload Json(string text) =>
        new()
        {
            Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain") },
            Data = ByteString.CopyFromUtf8(System.Text.Json.JsonSerializer.Serialize(text)),
        };
}
