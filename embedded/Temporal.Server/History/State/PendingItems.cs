using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Update.V1;

namespace Temporal.Server.History.State;

/// <summary>A running timer.</summary>
/// <param name="Id">The workflow's id for it.</param>
/// <param name="StartedEventId">Its TIMER_STARTED.</param>
/// <param name="Due">When it fires.</param>
internal sealed record TimerState(string Id, long StartedEventId, DateTimeOffset Due);

/// <summary>A child that has not been seen closed.</summary>
internal sealed class ChildState
{
    /// <summary>Its initiation, as in history.</summary>
    public required HistoryEvent Initiated { get; init; }

    /// <summary>The initiation's attributes.</summary>
    public StartChildWorkflowExecutionInitiatedEventAttributes Attributes => Initiated.StartChildWorkflowExecutionInitiatedEventAttributes;

    /// <summary>First run of the child; empty until its start is recorded.</summary>
    public string RunId { get; set; } = "";

    /// <summary>The recorded start's event id; 0 until it has one.</summary>
    public long StartedEventId { get; set; }

    /// <summary>Whether its start is recorded (perhaps still buffered).</summary>
    public bool IsStarted => RunId.Length > 0;
}

/// <summary>An update that history knows: accepted, perhaps completed.</summary>
internal sealed class RecordedUpdate
{
    /// <summary>Its UPDATE_ACCEPTED.</summary>
    public required long AcceptedEventId { get; init; }

    /// <summary>Its outcome, once completed.</summary>
    public Outcome? Outcome { get; set; }
}

/// <summary>How a run ended, from its last event.</summary>
/// <param name="Status">The status.</param>
/// <param name="Event">The closing event.</param>
internal sealed record RunClose(WorkflowExecutionStatus Status, HistoryEvent Event)
{
    /// <summary>The run that goes on in its place, or empty.</summary>
    public string SuccessorRunId =>
        Event.AttributesCase switch
        {
            HistoryEvent.AttributesOneofCase.WorkflowExecutionContinuedAsNewEventAttributes => Event
                .WorkflowExecutionContinuedAsNewEventAttributes
                .NewExecutionRunId,
            HistoryEvent.AttributesOneofCase.WorkflowExecutionCompletedEventAttributes => Event
                .WorkflowExecutionCompletedEventAttributes
                .NewExecutionRunId,
            HistoryEvent.AttributesOneofCase.WorkflowExecutionFailedEventAttributes => Event
                .WorkflowExecutionFailedEventAttributes
                .NewExecutionRunId,
            HistoryEvent.AttributesOneofCase.WorkflowExecutionTimedOutEventAttributes => Event
                .WorkflowExecutionTimedOutEventAttributes
                .NewExecutionRunId,
            _ => "",
        };
}
