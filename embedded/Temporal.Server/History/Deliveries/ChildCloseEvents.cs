using Temporal.Server.History.State;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.History.V1;
using Case = Temporalio.Api.History.V1.HistoryEvent.AttributesOneofCase;

namespace Temporal.Server.History.Deliveries;

/// <summary>How a child's last event looks in its parent's history.</summary>
internal static class ChildCloseEvents
{
    /// <summary>The parent's event for the closing event of a child.</summary>
    public static HistoryEvent Of(ChildState child, RunKey childRun, HistoryEvent close)
    {
        var attributes = child.Attributes;
        var execution = new WorkflowExecution { WorkflowId = childRun.WorkflowId, RunId = childRun.RunId };
        var initiated = child.Initiated.EventId;
        return close.AttributesCase switch
        {
            Case.WorkflowExecutionCompletedEventAttributes => new HistoryEvent
            {
                ChildWorkflowExecutionCompletedEventAttributes = new ChildWorkflowExecutionCompletedEventAttributes
                {
                    Result = close.WorkflowExecutionCompletedEventAttributes.Result,
                    Namespace = attributes.Namespace,
                    NamespaceId = attributes.NamespaceId,
                    WorkflowExecution = execution,
                    WorkflowType = attributes.WorkflowType,
                    InitiatedEventId = initiated,
                    StartedEventId = child.StartedEventId,
                },
            },
            Case.WorkflowExecutionFailedEventAttributes => new HistoryEvent
            {
                ChildWorkflowExecutionFailedEventAttributes = new ChildWorkflowExecutionFailedEventAttributes
                {
                    Failure = close.WorkflowExecutionFailedEventAttributes.Failure,
                    RetryState = close.WorkflowExecutionFailedEventAttributes.RetryState,
                    Namespace = attributes.Namespace,
                    NamespaceId = attributes.NamespaceId,
                    WorkflowExecution = execution,
                    WorkflowType = attributes.WorkflowType,
                    InitiatedEventId = initiated,
                    StartedEventId = child.StartedEventId,
                },
            },
            Case.WorkflowExecutionCanceledEventAttributes => new HistoryEvent
            {
                ChildWorkflowExecutionCanceledEventAttributes = new ChildWorkflowExecutionCanceledEventAttributes
                {
                    Details = close.WorkflowExecutionCanceledEventAttributes.Details,
                    Namespace = attributes.Namespace,
                    NamespaceId = attributes.NamespaceId,
                    WorkflowExecution = execution,
                    WorkflowType = attributes.WorkflowType,
                    InitiatedEventId = initiated,
                    StartedEventId = child.StartedEventId,
                },
            },
            Case.WorkflowExecutionTimedOutEventAttributes => new HistoryEvent
            {
                ChildWorkflowExecutionTimedOutEventAttributes = new ChildWorkflowExecutionTimedOutEventAttributes
                {
                    RetryState = close.WorkflowExecutionTimedOutEventAttributes.RetryState,
                    Namespace = attributes.Namespace,
                    NamespaceId = attributes.NamespaceId,
                    WorkflowExecution = execution,
                    WorkflowType = attributes.WorkflowType,
                    InitiatedEventId = initiated,
                    StartedEventId = child.StartedEventId,
                },
            },
            Case.WorkflowExecutionTerminatedEventAttributes => new HistoryEvent
            {
                ChildWorkflowExecutionTerminatedEventAttributes = new ChildWorkflowExecutionTerminatedEventAttributes
                {
                    Namespace = attributes.Namespace,
                    NamespaceId = attributes.NamespaceId,
                    WorkflowExecution = execution,
                    WorkflowType = attributes.WorkflowType,
                    InitiatedEventId = initiated,
                    StartedEventId = child.StartedEventId,
                },
            },
            _ => throw new InvalidOperationException($"{close.EventType} does not end a chain of runs."),
        };
    }
}
