using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Case = Temporalio.Api.History.V1.HistoryEvent.AttributesOneofCase;

namespace Temporal.Server.History.State;

/// <summary>The fold of events into state: live and in reload the only thing that changes what history says.</summary>
internal static class EventApplier
{
    /// <summary>Adds an event that has its id to the history and applies it.</summary>
    public static void Append(RunState state, HistoryEvent added)
    {
        if (added.EventId != state.NextEventId)
        {
            throw new InvalidOperationException($"Event {added.EventId} {added.EventType} does not follow event {state.NextEventId - 1}.");
        }

        state.Events.Add(added);
        state.HistorySizeBytes += added.CalculateSize();
        state.Transitions = state.Transitions.After(added);
        Settle(state, added);
        Record(state, added);
    }

    /// <summary>
    /// What an externally caused event settles as soon as it arrives, even if it must wait in the buffer: the pending thing is no
    /// longer pending. Applied again when the event leaves the buffer, to no further effect.
    /// </summary>
    public static void Settle(RunState state, HistoryEvent e)
    {
        switch (e.AttributesCase)
        {
            case Case.ActivityTaskCompletedEventAttributes:
                RemoveActivity(state, e.ActivityTaskCompletedEventAttributes.ScheduledEventId);
                break;
            case Case.ActivityTaskFailedEventAttributes:
                RemoveActivity(state, e.ActivityTaskFailedEventAttributes.ScheduledEventId);
                break;
            case Case.ActivityTaskTimedOutEventAttributes:
                RemoveActivity(state, e.ActivityTaskTimedOutEventAttributes.ScheduledEventId);
                break;
            case Case.ActivityTaskCanceledEventAttributes:
                RemoveActivity(state, e.ActivityTaskCanceledEventAttributes.ScheduledEventId);
                break;
            case Case.TimerFiredEventAttributes:
                state.Timers.Remove(e.TimerFiredEventAttributes.TimerId);
                break;
            case Case.WorkflowExecutionSignaledEventAttributes:
                if (e.WorkflowExecutionSignaledEventAttributes.RequestId is { Length: > 0 } requestId)
                {
                    state.SignalRequestIds.Add(requestId);
                }

                break;
            case Case.WorkflowExecutionCancelRequestedEventAttributes:
                state.CancelRequested = true;
                break;
            case Case.WorkflowExecutionOptionsUpdatedEventAttributes:
                var updated = e.WorkflowExecutionOptionsUpdatedEventAttributes;
                state.Options = Options.WorkflowOptions.After(state.Options, updated);
                if (updated.AttachedRequestId.Length > 0)
                {
                    state.AttachedRequests[updated.AttachedRequestId] = new AttachedRequest(
                        e.EventId,
                        e.EventTime.ToDateTimeOffset(),
                        [.. updated.AttachedCompletionCallbacks]
                    );
                }

                break;
            case Case.ChildWorkflowExecutionStartedEventAttributes:
                var started = e.ChildWorkflowExecutionStartedEventAttributes;
                if (state.Children.TryGetValue(started.InitiatedEventId, out var child))
                {
                    child.RunId = started.WorkflowExecution.RunId;
                    child.StartedEventId = e.EventId;
                }

                break;
            case Case.StartChildWorkflowExecutionFailedEventAttributes:
                state.Children.Remove(e.StartChildWorkflowExecutionFailedEventAttributes.InitiatedEventId);
                break;
            case Case.ChildWorkflowExecutionCompletedEventAttributes:
                state.Children.Remove(e.ChildWorkflowExecutionCompletedEventAttributes.InitiatedEventId);
                break;
            case Case.ChildWorkflowExecutionFailedEventAttributes:
                state.Children.Remove(e.ChildWorkflowExecutionFailedEventAttributes.InitiatedEventId);
                break;
            case Case.ChildWorkflowExecutionCanceledEventAttributes:
                state.Children.Remove(e.ChildWorkflowExecutionCanceledEventAttributes.InitiatedEventId);
                break;
            case Case.ChildWorkflowExecutionTimedOutEventAttributes:
                state.Children.Remove(e.ChildWorkflowExecutionTimedOutEventAttributes.InitiatedEventId);
                break;
            case Case.ChildWorkflowExecutionTerminatedEventAttributes:
                state.Children.Remove(e.ChildWorkflowExecutionTerminatedEventAttributes.InitiatedEventId);
                break;
            case Case.SignalExternalWorkflowExecutionFailedEventAttributes:
                state.ExternalSignals.Remove(e.SignalExternalWorkflowExecutionFailedEventAttributes.InitiatedEventId);
                break;
            case Case.ExternalWorkflowExecutionSignaledEventAttributes:
                state.ExternalSignals.Remove(e.ExternalWorkflowExecutionSignaledEventAttributes.InitiatedEventId);
                break;
            case Case.RequestCancelExternalWorkflowExecutionFailedEventAttributes:
                state.ExternalCancels.Remove(e.RequestCancelExternalWorkflowExecutionFailedEventAttributes.InitiatedEventId);
                break;
            case Case.ExternalWorkflowExecutionCancelRequestedEventAttributes:
                state.ExternalCancels.Remove(e.ExternalWorkflowExecutionCancelRequestedEventAttributes.InitiatedEventId);
                break;
            default:
                break;
        }
    }

    // What an event means once it has its place in history.
    private static void Record(RunState state, HistoryEvent e)
    {
        switch (e.AttributesCase)
        {
            case Case.WorkflowExecutionStartedEventAttributes:
                var attributes = e.WorkflowExecutionStartedEventAttributes;
                state.SearchAttributes = attributes.SearchAttributes ?? new SearchAttributes();
                state.Memo = attributes.Memo ?? new Memo();
                state.Options = Options.WorkflowOptions.Of(attributes);
                break;
            case Case.WorkflowTaskScheduledEventAttributes:
                state.HasHadWorkflowTask = true;
                break;
            case Case.WorkflowTaskCompletedEventAttributes:
                state.PreviousStartedEventId = e.WorkflowTaskCompletedEventAttributes.StartedEventId;
                state.LastCompletedEventId = e.EventId;
                AutoResetPoints.Note(state, e);
                state.BuildIds = state.BuildIds.After(e.WorkflowTaskCompletedEventAttributes.WorkerVersion);
                break;
            case Case.WorkflowExecutionSignaledEventAttributes:
                state.SignalCount++;
                break;
            case Case.ActivityTaskScheduledEventAttributes:
                state.Activities.Add(
                    e.EventId,
                    new ActivityState
                    {
                        Scheduled = e,
                        ScheduledTime = e.EventTime.ToDateTimeOffset(),
                        FirstScheduledTime = e.EventTime.ToDateTimeOffset(),
                    }
                );
                state.ActivityIds.Add(e.ActivityTaskScheduledEventAttributes.ActivityId, e.EventId);
                break;
            case Case.ActivityTaskCancelRequestedEventAttributes:
                if (state.Activities.TryGetValue(e.ActivityTaskCancelRequestedEventAttributes.ScheduledEventId, out var activity))
                {
                    activity.CancelRequestedEventId = e.EventId;
                }

                break;
            case Case.TimerStartedEventAttributes:
                var timer = e.TimerStartedEventAttributes;
                var due = e.EventTime.ToDateTimeOffset().SaturatingAdd(timer.StartToFireTimeout.ToSpan());
                state.Timers.Add(timer.TimerId, new TimerState(timer.TimerId, e.EventId, due));
                break;
            case Case.TimerCanceledEventAttributes:
                state.Timers.Remove(e.TimerCanceledEventAttributes.TimerId);
                break;
            case Case.StartChildWorkflowExecutionInitiatedEventAttributes:
                state.Children.Add(e.EventId, new ChildState { Initiated = e });
                break;
            case Case.SignalExternalWorkflowExecutionInitiatedEventAttributes:
                state.ExternalSignals.Add(e.EventId, e.SignalExternalWorkflowExecutionInitiatedEventAttributes);
                break;
            case Case.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes:
                state.ExternalCancels.Add(e.EventId, e.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes);
                break;
            case Case.UpsertWorkflowSearchAttributesEventAttributes:
                state.SearchAttributes = SearchAttributeMerge.Of(
                    state.SearchAttributes,
                    e.UpsertWorkflowSearchAttributesEventAttributes.SearchAttributes
                );
                break;
            case Case.WorkflowPropertiesModifiedEventAttributes:
                state.Memo = MemoMerge.Of(state.Memo, e.WorkflowPropertiesModifiedEventAttributes.UpsertedMemo);
                break;
            case Case.WorkflowExecutionUpdateAdmittedEventAttributes:
                var admitted = e.WorkflowExecutionUpdateAdmittedEventAttributes.Request;
                state.AdmittedUpdates[admitted.Meta.UpdateId] = admitted;
                break;
            case Case.WorkflowExecutionUpdateAcceptedEventAttributes:
                state.AdmittedUpdates.Remove(e.WorkflowExecutionUpdateAcceptedEventAttributes.ProtocolInstanceId);
                state.Updates[e.WorkflowExecutionUpdateAcceptedEventAttributes.ProtocolInstanceId] = new RecordedUpdate
                {
                    AcceptedEventId = e.EventId,
                };
                break;
            case Case.WorkflowExecutionUpdateCompletedEventAttributes:
                var completed = e.WorkflowExecutionUpdateCompletedEventAttributes;
                if (state.Updates.TryGetValue(completed.Meta.UpdateId, out var update))
                {
                    update.Outcome = completed.Outcome;
                }

                break;
            default:
                if (ClosingStatus(e.AttributesCase) is { } status)
                {
                    state.Close = new RunClose(status, e);
                }

                break;
        }
    }

    /// <summary>The status that an event of this kind closes a run with, or null.</summary>
    public static WorkflowExecutionStatus? ClosingStatus(Case kind) =>
        kind switch
        {
            Case.WorkflowExecutionCompletedEventAttributes => WorkflowExecutionStatus.Completed,
            Case.WorkflowExecutionFailedEventAttributes => WorkflowExecutionStatus.Failed,
            Case.WorkflowExecutionCanceledEventAttributes => WorkflowExecutionStatus.Canceled,
            Case.WorkflowExecutionTerminatedEventAttributes => WorkflowExecutionStatus.Terminated,
            Case.WorkflowExecutionContinuedAsNewEventAttributes => WorkflowExecutionStatus.ContinuedAsNew,
            Case.WorkflowExecutionTimedOutEventAttributes => WorkflowExecutionStatus.TimedOut,
            _ => null,
        };

    private static void RemoveActivity(RunState state, long scheduledEventId)
    {
        if (state.Activities.Remove(scheduledEventId, out var activity))
        {
            state.ActivityIds.Remove(activity.Attributes.ActivityId);
        }
    }
}
