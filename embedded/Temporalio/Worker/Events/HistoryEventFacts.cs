using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Kind = Temporalio.Api.History.V1.HistoryEvent.AttributesOneofCase;

namespace Temporalio.Worker.Events;

/// <summary>What the kinds of history events mean to a worker.</summary>
internal static class HistoryEventFacts
{
    /// <summary>Whether the event was written because a worker's command asked for it.</summary>
    internal static bool IsCommandEvent(this HistoryEvent e) => e.EventType is
        EventType.ActivityTaskScheduled or
        EventType.ActivityTaskCancelRequested or
        EventType.MarkerRecorded or
        EventType.RequestCancelExternalWorkflowExecutionInitiated or
        EventType.SignalExternalWorkflowExecutionInitiated or
        EventType.StartChildWorkflowExecutionInitiated or
        EventType.TimerCanceled or
        EventType.TimerStarted or
        EventType.UpsertWorkflowSearchAttributes or
        EventType.WorkflowPropertiesModified or
        EventType.NexusOperationScheduled or
        EventType.NexusOperationCancelRequested or
        EventType.WorkflowExecutionCanceled or
        EventType.WorkflowExecutionCompleted or
        EventType.WorkflowExecutionContinuedAsNew or
        EventType.WorkflowExecutionFailed or
        EventType.WorkflowExecutionUpdateAccepted or
        EventType.WorkflowExecutionUpdateRejected or
        EventType.WorkflowExecutionUpdateCompleted;

    internal static bool ClosesWorkflow(this HistoryEvent e) => e.EventType is
        EventType.WorkflowExecutionCompleted or
        EventType.WorkflowExecutionCanceled or
        EventType.WorkflowExecutionFailed or
        EventType.WorkflowExecutionTimedOut or
        EventType.WorkflowExecutionContinuedAsNew or
        EventType.WorkflowExecutionTerminated;

    /// <summary>The command event that the event follows up: the scheduling of a started activity, for example.</summary>
    internal static long? InitiatingEventId(this HistoryEvent e) => e.AttributesCase switch
    {
        Kind.ActivityTaskStartedEventAttributes => e.ActivityTaskStartedEventAttributes.ScheduledEventId,
        Kind.ActivityTaskCompletedEventAttributes => e.ActivityTaskCompletedEventAttributes.ScheduledEventId,
        Kind.ActivityTaskFailedEventAttributes => e.ActivityTaskFailedEventAttributes.ScheduledEventId,
        Kind.ActivityTaskTimedOutEventAttributes => e.ActivityTaskTimedOutEventAttributes.ScheduledEventId,
        Kind.ActivityTaskCanceledEventAttributes => e.ActivityTaskCanceledEventAttributes.ScheduledEventId,
        Kind.TimerFiredEventAttributes => e.TimerFiredEventAttributes.StartedEventId,
        Kind.RequestCancelExternalWorkflowExecutionFailedEventAttributes =>
            e.RequestCancelExternalWorkflowExecutionFailedEventAttributes.InitiatedEventId,
        Kind.ExternalWorkflowExecutionCancelRequestedEventAttributes =>
            e.ExternalWorkflowExecutionCancelRequestedEventAttributes.InitiatedEventId,
        Kind.StartChildWorkflowExecutionFailedEventAttributes =>
            e.StartChildWorkflowExecutionFailedEventAttributes.InitiatedEventId,
        Kind.ChildWorkflowExecutionStartedEventAttributes =>
            e.ChildWorkflowExecutionStartedEventAttributes.InitiatedEventId,
        Kind.ChildWorkflowExecutionCompletedEventAttributes =>
            e.ChildWorkflowExecutionCompletedEventAttributes.InitiatedEventId,
        Kind.ChildWorkflowExecutionFailedEventAttributes =>
            e.ChildWorkflowExecutionFailedEventAttributes.InitiatedEventId,
        Kind.ChildWorkflowExecutionCanceledEventAttributes =>
            e.ChildWorkflowExecutionCanceledEventAttributes.InitiatedEventId,
        Kind.ChildWorkflowExecutionTimedOutEventAttributes =>
            e.ChildWorkflowExecutionTimedOutEventAttributes.InitiatedEventId,
        Kind.ChildWorkflowExecutionTerminatedEventAttributes =>
            e.ChildWorkflowExecutionTerminatedEventAttributes.InitiatedEventId,
        Kind.SignalExternalWorkflowExecutionFailedEventAttributes =>
            e.SignalExternalWorkflowExecutionFailedEventAttributes.InitiatedEventId,
        Kind.ExternalWorkflowExecutionSignaledEventAttributes =>
            e.ExternalWorkflowExecutionSignaledEventAttributes.InitiatedEventId,
        _ => null,
    };

    /// <summary>The event in words that identify it, for non-determinism errors.</summary>
    internal static string Describe(this HistoryEvent e)
    {
        var detail = e.AttributesCase switch
        {
            Kind.ActivityTaskScheduledEventAttributes =>
                $", activity {e.ActivityTaskScheduledEventAttributes.ActivityType?.Name} with id {e.ActivityTaskScheduledEventAttributes.ActivityId}",
            Kind.TimerStartedEventAttributes => $", timer {e.TimerStartedEventAttributes.TimerId}",
            Kind.TimerCanceledEventAttributes => $", timer {e.TimerCanceledEventAttributes.TimerId}",
            Kind.StartChildWorkflowExecutionInitiatedEventAttributes =>
                $", workflow {e.StartChildWorkflowExecutionInitiatedEventAttributes.WorkflowType?.Name} with id {e.StartChildWorkflowExecutionInitiatedEventAttributes.WorkflowId}",
            Kind.SignalExternalWorkflowExecutionInitiatedEventAttributes =>
                $", signal {e.SignalExternalWorkflowExecutionInitiatedEventAttributes.SignalName}",
            Kind.MarkerRecordedEventAttributes when PatchMarker.TryRead(e, out var patch) => $", patch {patch.PatchId}",
            Kind.MarkerRecordedEventAttributes when LocalActivityMarker.TryRead(e, out var marker) =>
                $", local activity {marker.ActivityType} with id {marker.ActivityId}",
            Kind.MarkerRecordedEventAttributes => $", marker {e.MarkerRecordedEventAttributes.MarkerName}",
            Kind.WorkflowExecutionUpdateAcceptedEventAttributes =>
                $", update {e.WorkflowExecutionUpdateAcceptedEventAttributes.ProtocolInstanceId}",
            Kind.WorkflowExecutionUpdateCompletedEventAttributes =>
                $", update {e.WorkflowExecutionUpdateCompletedEventAttributes.Meta?.UpdateId}",
            _ => string.Empty,
        };
        return $"{e.EventType} (event {e.EventId}{detail})";
    }
}
