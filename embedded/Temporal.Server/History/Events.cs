using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Case = Temporalio.Api.History.V1.HistoryEvent.AttributesOneofCase;

namespace Temporal.Server.History;

/// <summary>What is fixed for each kind of event.</summary>
internal static class Events
{
    private static readonly Dictionary<Case, EventType> Types = Enum.GetValues<Case>()
        .Where(kind => kind != Case.None)
        .ToDictionary(
            kind => kind,
            kind => Enum.Parse<EventType>(kind.ToString().Replace("EventAttributes", "", StringComparison.Ordinal))
        );

    /// <summary>The event type that goes with the attributes.</summary>
    public static EventType TypeOf(Case kind) => Types[kind];

    /// <summary>
    /// Whether a worker that does not know this kind of event may pass it over: it changes nothing of what the workflow's code sees.
    /// </summary>
    public static bool MayBeIgnored(Case kind) => kind == Case.WorkflowExecutionOptionsUpdatedEventAttributes;

    /// <summary>
    /// Whether an event of this kind goes behind the others when the buffer is flushed: the outcome of something that was asked for.
    /// </summary>
    public static bool IsOutcome(Case kind) =>
        kind switch
        {
            Case.ActivityTaskCompletedEventAttributes
            or Case.ActivityTaskFailedEventAttributes
            or Case.ActivityTaskTimedOutEventAttributes
            or Case.ActivityTaskCanceledEventAttributes
            or Case.ChildWorkflowExecutionCompletedEventAttributes
            or Case.ChildWorkflowExecutionFailedEventAttributes
            or Case.ChildWorkflowExecutionCanceledEventAttributes
            or Case.ChildWorkflowExecutionTimedOutEventAttributes
            or Case.ChildWorkflowExecutionTerminatedEventAttributes => true,
            _ => false,
        };
}
