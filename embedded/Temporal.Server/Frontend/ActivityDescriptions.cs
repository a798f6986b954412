using Temporal.Server.History;
using Temporal.Server.History.Activities;
using Temporal.Server.History.State;
using Temporal.Server.Store;
using Temporalio.Api.Activity.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>Standalone activities as DescribeActivityExecution and lists show them.</summary>
internal static class ActivityDescriptions
{
    /// <summary>An activity with what the request wants to see of it.</summary>
    public static ActivityExecutionInfo Info(Transition t, DescribeActivityExecutionRequest request)
    {
        var state = t.State;
        var activity = StandaloneActivities.AttemptsOf(state);
        var scheduledTime = StandaloneActivities.ScheduledEvent(state).EventTime;
        var closeTime = state.Close?.Event.EventTime;
        return new ActivityExecutionInfo
        {
            ActivityId = t.Run.Key.WorkflowId,
            RunId = t.Run.Key.RunId,
            ActivityType = activity.Attributes.ActivityType,
            Status = StatusOf(state.Status),
            RunState = state.IsOpen ? Descriptions.StateOf(activity) : PendingActivityState.Unspecified,
            TaskQueue = activity.TaskQueue,
            ScheduleToCloseTimeout = activity.ScheduleToCloseTimeout,
            ScheduleToStartTimeout = activity.ScheduleToStartTimeout,
            StartToCloseTimeout = activity.StartToCloseTimeout,
            HeartbeatTimeout = activity.HeartbeatTimeout,
            RetryPolicy = activity.RetryPolicy,
            HeartbeatDetails = request.IncludeHeartbeatDetails ? activity.HeartbeatDetails : null,
            LastHeartbeatTime = activity.LastHeartbeatTime?.ToProto(),
            LastStartedTime = activity.LastStartedTime?.ToProto(),
            Attempt = activity.Attempt,
            ExecutionDuration = closeTime is null ? null : closeTime - scheduledTime,
            ScheduleTime = scheduledTime,
            ExpirationTime = activity.ExpirationTime?.ToProto(),
            CloseTime = closeTime,
            LastFailure = request.IncludeLastFailure ? activity.LastFailure : null,
            LastWorkerIdentity = activity.Identity,
            CurrentRetryInterval = state.IsOpen && activity.BackoffEnd is not null ? activity.RetryInterval?.ToProto() : null,
            LastAttemptCompleteTime = activity.LastAttemptCompleteTime?.ToProto(),
            NextAttemptScheduleTime = state.IsOpen ? activity.BackoffEnd?.ToProto() : null,
            Priority = activity.Priority,
            StateTransitionCount = t.Run.Version,
            StateSizeBytes = state.HistorySizeBytes,
            SearchAttributes = state.SearchAttributes,
            Header = activity.Attributes.Header,
            UserMetadata = state.Events[0].UserMetadata,
            CanceledReason = state.Standalone?.CancelReason ?? "",
            Links = { state.Events.SelectMany(e => e.Links) },
            TotalHeartbeatCount = activity.HeartbeatCount,
            SdkName = activity.SdkName,
            SdkVersion = activity.SdkVersion,
            StartDelay = state.Started.FirstWorkflowTaskBackoff,
            ExecutionTime = activity.FirstScheduledTime.ToProto(),
        };
    }

    /// <summary>What came of it; null while it is open.</summary>
    public static ActivityExecutionOutcome? Outcome(RunState state)
    {
        if (state.IsOpen)
        {
            return null;
        }

        var (failure, retryState) = StandaloneActivities.FailureOf(state);
        return failure is null
            ? new ActivityExecutionOutcome { Result = StandaloneActivities.ResultOf(state) }
            : new ActivityExecutionOutcome { Failure = failure, RetryState = retryState };
    }

    /// <summary>An activity as lists show it.</summary>
    public static ActivityExecutionListInfo Line(VisibilityRow row)
    {
        var record = row.Record;
        return new ActivityExecutionListInfo
        {
            ActivityId = row.Run.WorkflowId,
            RunId = row.Run.RunId,
            ActivityType = new ActivityType { Name = record.WorkflowType },
            ScheduleTime = record.StartTime.ToProto(),
            CloseTime = record.CloseTime?.ToProto(),
            Status = StatusOf(record.Status),
            SearchAttributes = record.SearchAttributes,
            TaskQueue = record.TaskQueue,
            StateTransitionCount = record.StateTransitionCount,
            StateSizeBytes = record.HistorySizeBytes,
            ExecutionDuration = record.CloseTime is { } close ? (close - record.StartTime).ToProto() : null,
            ExecutionTime = record.ExecutionTime.ToProto(),
        };
    }

    private static ActivityExecutionStatus StatusOf(WorkflowExecutionStatus status) => status switch
    {
        WorkflowExecutionStatus.Completed => ActivityExecutionStatus.Completed,
        WorkflowExecutionStatus.Failed => ActivityExecutionStatus.Failed,
        WorkflowExecutionStatus.Canceled => ActivityExecutionStatus.Canceled,
        WorkflowExecutionStatus.Terminated => ActivityExecutionStatus.Terminated,
        WorkflowExecutionStatus.TimedOut => ActivityExecutionStatus.TimedOut,
        _ => ActivityExecutionStatus.Running,
    };
}
