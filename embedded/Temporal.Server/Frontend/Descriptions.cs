using Temporal.Server.History;
using Temporal.Server.History.Activities;
using Temporal.Server.History.Options;
using Temporal.Server.History.State;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>Runs as DescribeWorkflowExecution and lists show them.</summary>
internal static class Descriptions
{
    /// <summary>Describes a run.</summary>
    public static DescribeWorkflowExecutionResponse Describe(Transition t)
    {
        var state = t.State;
        var started = state.Started;
        var reply = new DescribeWorkflowExecutionResponse
        {
            ExecutionConfig = new WorkflowExecutionConfig
            {
                TaskQueue = new TaskQueue { Name = state.TaskQueue, Kind = TaskQueueKind.Normal },
                WorkflowExecutionTimeout = started.WorkflowExecutionTimeout,
                WorkflowRunTimeout = started.WorkflowRunTimeout,
                DefaultWorkflowTaskTimeout = started.WorkflowTaskTimeout,
                UserMetadata = state.Events[0].UserMetadata,
            },
            WorkflowExecutionInfo = Info(new VisibilityRow(t.Run.Key, VisibilityRecords.Of(t))),
            WorkflowExtendedInfo = new WorkflowExecutionExtendedInfo
            {
                ExecutionExpirationTime = state.ExecutionDeadline?.ToProto(),
                RunExpirationTime = state.RunDeadline?.ToProto(),
                CancelRequested = state.CancelRequested,
                OriginalStartTime = state.Events[0].EventTime,
                LastResetTime = state.ResetOrigin?.Time,
                ResetRunId = state.ResetRunId,
            },
        };
        reply.WorkflowExecutionInfo.AutoResetPoints = AutoResetPoints.Of(state, t.Run.Key.RunId);
        reply.WorkflowExecutionInfo.ParentNamespaceId = started.ParentWorkflowNamespaceId;
        reply.WorkflowExecutionInfo.Priority = state.Options.Priority;
        reply.WorkflowExecutionInfo.VersioningInfo = WorkflowOptions.Shown(state.Options);
        reply.Callbacks.AddRange(CompletionCallbacks.Of(state));
        AddRequestIds(reply.WorkflowExtendedInfo, state);
        if (!state.IsOpen)
        {
            return reply;
        }

        reply.PendingActivities.AddRange(state.Activities.Values.Select(Pending));
        reply.PendingChildren.AddRange(
            state.Children.Values.Select(child => new PendingChildExecutionInfo
            {
                WorkflowId = child.Attributes.WorkflowId,
                RunId = child.RunId,
                WorkflowTypeName = child.Attributes.WorkflowType.Name,
                InitiatedId = child.Initiated.EventId,
                ParentClosePolicy = child.Attributes.ParentClosePolicy,
            })
        );
        if (state.WorkflowTask is { } task)
        {
            reply.PendingWorkflowTask = new PendingWorkflowTaskInfo
            {
                State = task.IsStarted ? PendingWorkflowTaskState.Started : PendingWorkflowTaskState.Scheduled,
                ScheduledTime = task.ScheduledTime.ToProto(),
                OriginalScheduledTime = task.OriginalScheduledTime.ToProto(),
                StartedTime = task.StartedTime?.ToProto(),
                Attempt = task.Attempt,
            };
        }

        return reply;
    }

    private static void AddRequestIds(WorkflowExecutionExtendedInfo info, RunState state)
    {
        info.RequestIdInfos[state.StartRequestId] = new RequestIdInfo { EventType = EventType.WorkflowExecutionStarted, EventId = 1 };
        foreach (var (id, request) in state.AttachedRequests)
        {
            info.RequestIdInfos[id] = new RequestIdInfo
            {
                EventType = EventType.WorkflowExecutionOptionsUpdated,
                EventId = request.EventId,
                Buffered = request.EventId == 0,
            };
        }
    }

    /// <summary>A run as lists show it.</summary>
    public static WorkflowExecutionInfo Info(VisibilityRow row)
    {
        var record = row.Record;
        return new WorkflowExecutionInfo
        {
            Execution = new WorkflowExecution { WorkflowId = row.Run.WorkflowId, RunId = row.Run.RunId },
            Type = new WorkflowType { Name = record.WorkflowType },
            StartTime = record.StartTime.ToProto(),
            CloseTime = record.CloseTime?.ToProto(),
            Status = record.Status,
            HistoryLength = record.HistoryLength,
            ExecutionTime = record.ExecutionTime.ToProto(),
            Memo = record.Memo,
            SearchAttributes = record.SearchAttributes,
            TaskQueue = record.TaskQueue,
            StateTransitionCount = record.StateTransitionCount,
            HistorySizeBytes = record.HistorySizeBytes,
            ExecutionDuration = record.CloseTime is { } close ? (close - record.ExecutionTime).ToProto() : null,
            ParentExecution = record.ParentWorkflowId is { } parent
                ? new WorkflowExecution { WorkflowId = parent, RunId = record.ParentRunId }
                : null,
            RootExecution = new WorkflowExecution { WorkflowId = record.RootWorkflowId, RunId = record.RootRunId },
            FirstRunId = record.FirstRunId,
        };
    }

    /// <summary>Where an open activity stands.</summary>
    public static PendingActivityState StateOf(ActivityState activity) =>
        activity switch
        {
            { CancelRequestedEventId: not 0 } => PendingActivityState.CancelRequested,
            { IsStarted: true, Pause: null } => PendingActivityState.Started,
            { IsStarted: true } => PendingActivityState.PauseRequested,
            { Pause: null } => PendingActivityState.Scheduled,
            _ => PendingActivityState.Paused,
        };

    private static PendingActivityInfo Pending(ActivityState activity)
    {
        var attributes = activity.Attributes;
        return new PendingActivityInfo
        {
            ActivityId = attributes.ActivityId,
            ActivityType = attributes.ActivityType,
            State = StateOf(activity),
            Paused = activity.Pause is not null,
            PauseInfo = activity.Pause is { } pause
                ? new PendingActivityInfo.Types.PauseInfo
                {
                    PauseTime = pause.Time.ToProto(),
                    Manual = new PendingActivityInfo.Types.PauseInfo.Types.Manual { Identity = pause.Identity, Reason = pause.Reason },
                }
                : null,
            HeartbeatDetails = activity.HeartbeatDetails,
            LastHeartbeatTime = activity.LastHeartbeatTime?.ToProto(),
            LastStartedTime = activity.LastStartedTime?.ToProto(),
            Attempt = activity.Attempt,
            MaximumAttempts = activity.RetryPolicy.MaximumAttempts,
            ScheduledTime = activity.IsStarted ? null : activity.ScheduledTime.ToProto(),
            ExpirationTime = activity.ExpirationTime?.ToProto(),
            LastFailure = activity.LastFailure,
            LastWorkerIdentity = activity.Identity,
            CurrentRetryInterval = activity.BackoffEnd is null ? null : activity.RetryInterval?.ToProto(),
            LastAttemptCompleteTime = activity.LastAttemptCompleteTime?.ToProto(),
            NextAttemptScheduleTime = activity.BackoffEnd?.ToProto(),
            Priority = activity.Priority,
            ActivityOptions = ActivityOptionChanges.Shown(activity),
        };
    }
}
