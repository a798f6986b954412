using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporal.Server.History.Activities;
using Temporal.Server.History.Records;
using Temporal.Server.Store;
using Temporalio.Api.Activity.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.State;

/// <summary>Writes the part of a state that history does not hold, and lays it over a replayed history.</summary>
internal static class SideRecords
{
    /// <summary>The side record of a state.</summary>
    public static SideRecord Save(RunState state)
    {
        var record = new SideRecord
        {
            StartRequestId = state.StartRequestId,
            StickyQueue = state.StickyQueue,
            StickyScheduleToStart = state.StickyScheduleToStart.ToDurationOrNull(),
            BufferedEvents = { state.Buffered.Select(e => e.ToByteString()) },
            AwaitingParent = state.AwaitingParent,
            ChildrenToLaunch = { state.ChildrenToLaunch },
            ChildrenStartedLate = { state.ChildrenStartedLate },
            ParentToNotify = state.ParentToNotify,
            ChildrenToClose = { state.ChildrenToClose },
            ResetOrigin = state.ResetOrigin,
            ResetRunId = state.ResetRunId,
            RejectedUpdates = { state.RejectedUpdates },
            ToDelete = state.ToDelete,
            UnseenTransitions = state.UnseenTransitions,
        };
        if (state.WorkflowTask is { Speculative: false } task)
        {
            record.WorkflowTask = Save(task);
        }

        foreach (var activity in state.Activities.Values)
        {
            record.Activities.Add(Save(activity));
        }

        return record;
    }

    /// <summary>Restores a state: replays the events, then lays the side record over.</summary>
    public static RunState Load(StoredRun stored)
    {
        var state = new RunState();
        foreach (var batch in stored.Events)
        {
            foreach (var e in Temporalio.Api.History.V1.History.Parser.ParseFrom(batch.Data.Span).Events)
            {
                EventApplier.Append(state, e);
            }
        }

        var record = SideRecord.Parser.ParseFrom(stored.SideRecord.Span);
        state.StartRequestId = record.StartRequestId;
        state.StickyQueue = record.StickyQueue;
        state.StickyScheduleToStart = record.StickyScheduleToStart.ToSpan();
        state.AwaitingParent = record.AwaitingParent;
        state.ChildrenToLaunch.UnionWith(record.ChildrenToLaunch);
        state.ChildrenStartedLate.UnionWith(record.ChildrenStartedLate);
        state.ParentToNotify = record.ParentToNotify;
        state.ChildrenToClose.AddRange(record.ChildrenToClose);
        state.ResetOrigin = record.ResetOrigin;
        state.ResetRunId = record.ResetRunId;
        state.ToDelete = record.ToDelete;
        state.UnseenTransitions = record.UnseenTransitions;
        foreach (var id in record.RejectedUpdates)
        {
            state.RejectUpdate(id);
        }

        state.WorkflowTask = record.WorkflowTask is null ? null : Load(record.WorkflowTask);
        foreach (var activity in record.Activities)
        {
            Load(activity, state.Activities[activity.ScheduledEventId]);
        }

        foreach (var e in record.BufferedEvents.Select(HistoryEvent.Parser.ParseFrom))
        {
            state.Buffered.Add(e);
            EventApplier.Settle(state, e);
        }

        return state;
    }

    private static WorkflowTaskRecord Save(WorkflowTaskState task) =>
        new()
        {
            ScheduledEventId = task.ScheduledEventId,
            StartedEventId = task.StartedEventId,
            Attempt = task.Attempt,
            ScheduledTime = task.ScheduledTime.ToProto(),
            StartedTime = task.StartedTime?.ToProto(),
            OriginalScheduledTime = task.OriginalScheduledTime.ToProto(),
            RequestId = task.RequestId,
            Identity = task.Identity,
            Sticky = task.Sticky,
            StartToClose = task.StartToClose.ToProto(),
            HistorySizeBytes = task.HistorySizeBytes,
            ContinueAsNewReasons = { task.ContinueAsNewReasons.Select(reason => (int)reason) },
            Transient = task.Transient,
        };

    private static WorkflowTaskState Load(WorkflowTaskRecord record) =>
        new()
        {
            ScheduledEventId = record.ScheduledEventId,
            StartedEventId = record.StartedEventId,
            Attempt = record.Attempt,
            ScheduledTime = record.ScheduledTime.ToDateTimeOffset(),
            StartedTime = record.StartedTime?.ToDateTimeOffset(),
            OriginalScheduledTime = record.OriginalScheduledTime.ToDateTimeOffset(),
            RequestId = record.RequestId,
            Identity = record.Identity,
            Sticky = record.Sticky,
            StartToClose = record.StartToClose.ToSpan(),
            HistorySizeBytes = record.HistorySizeBytes,
            ContinueAsNewReasons = [.. record.ContinueAsNewReasons.Select(reason => (SuggestContinueAsNewReason)reason)],
            Transient = record.Transient,
        };

    private static ActivityRecord Save(ActivityState activity)
    {
        var record = new ActivityRecord
        {
            ScheduledEventId = activity.ScheduledEventId,
            Attempt = activity.Attempt,
            ScheduledTime = activity.ScheduledTime.ToProto(),
            StartedTime = activity.StartedTime?.ToProto(),
            LastStartedTime = activity.LastStartedTime?.ToProto(),
            LastAttemptCompleteTime = activity.LastAttemptCompleteTime?.ToProto(),
            RetryInterval = activity.RetryInterval?.ToProto(),
            RequestId = activity.RequestId,
            Identity = activity.Identity,
            LastHeartbeatTime = activity.LastHeartbeatTime?.ToProto(),
            InBackoff = activity.InBackoff,
            StartedAttempt = activity.StartedAttempt,
            Stamp = activity.Stamp,
            Pause = activity.Pause is { } pause
                ? new ActivityPauseRecord
                {
                    Time = pause.Time.ToProto(),
                    Identity = pause.Identity,
                    Reason = pause.Reason,
                    RequestId = pause.RequestId,
                }
                : null,
            Reset = activity.IsReset,
            ForgetHeartbeat = activity.ForgetsHeartbeat,
            FirstScheduledTime = activity.FirstScheduledTime.ToProto(),
        };
        if (activity.HeartbeatDetails is { } details)
        {
            record.HeartbeatDetails = details.ToByteString();
        }

        if (activity.LastFailure is { } failure)
        {
            record.LastFailure = failure.ToByteString();
        }

        if (activity.ChangedOptions is { } options)
        {
            record.ChangedOptions = options.ToByteString();
        }

        return record;
    }

    private static void Load(ActivityRecord record, ActivityState activity)
    {
        activity.Attempt = record.Attempt;
        activity.ScheduledTime = record.ScheduledTime.ToDateTimeOffset();
        activity.StartedTime = record.StartedTime?.ToDateTimeOffset();
        activity.LastStartedTime = record.LastStartedTime?.ToDateTimeOffset();
        activity.LastAttemptCompleteTime = record.LastAttemptCompleteTime?.ToDateTimeOffset();
        activity.RetryInterval = record.RetryInterval?.ToTimeSpan();
        activity.RequestId = record.RequestId;
        activity.Identity = record.Identity;
        activity.LastHeartbeatTime = record.LastHeartbeatTime?.ToDateTimeOffset();
        activity.HeartbeatDetails = record.HasHeartbeatDetails ? Payloads.Parser.ParseFrom(record.HeartbeatDetails) : null;
        activity.LastFailure = record.HasLastFailure ? Failure.Parser.ParseFrom(record.LastFailure) : null;
        activity.InBackoff = record.InBackoff;
        activity.StartedAttempt = record.StartedAttempt;
        activity.Stamp = record.Stamp;
        activity.Pause = record.Pause is { } pause
            ? new ActivityPause(pause.Time.ToDateTimeOffset(), pause.Identity, pause.Reason, pause.RequestId)
            : null;
        activity.IsReset = record.Reset;
        activity.ForgetsHeartbeat = record.ForgetHeartbeat;
        activity.ChangedOptions = record.HasChangedOptions ? ActivityOptions.Parser.ParseFrom(record.ChangedOptions) : null;
        activity.FirstScheduledTime = record.FirstScheduledTime?.ToDateTimeOffset() ?? activity.FirstScheduledTime;
    }
}
