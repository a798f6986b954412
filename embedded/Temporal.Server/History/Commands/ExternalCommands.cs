using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Commands;

/// <summary>SIGNAL_EXTERNAL and REQUEST_CANCEL_EXTERNAL: recorded here, delivered after the commit.</summary>
internal static class ExternalCommands
{
    /// <summary>Records a signal to another workflow.</summary>
    public static void Signal(CommandScope scope, Command command)
    {
        const WorkflowTaskFailedCause Bad = WorkflowTaskFailedCause.BadSignalWorkflowExecutionAttributes;
        var attributes = command.SignalExternalWorkflowExecutionCommandAttributes;
        Ids.Require(scope.Limits, attributes.Execution?.WorkflowId, "workflow id", Bad);
        Ids.Require(scope.Limits, attributes.SignalName, "signal name", Bad);
        Ids.Limit(scope.Limits, attributes.Control, "control", Bad);
        Ids.Limit(scope.Limits, attributes.Namespace, "namespace", Bad);
        if (scope.State.ExternalSignals.Count >= scope.Limits.PendingSignals)
        {
            throw new BadCommandException(
                WorkflowTaskFailedCause.PendingSignalsLimitExceeded,
                CountLimits.Reached("pending signals to external workflows", scope.State.ExternalSignals.Count, scope.Limits.PendingSignals)
            );
        }

        var (name, id) = Target(scope, attributes.Namespace);
        scope.Add(
            command,
            new HistoryEvent
            {
                SignalExternalWorkflowExecutionInitiatedEventAttributes = new SignalExternalWorkflowExecutionInitiatedEventAttributes
                {
                    WorkflowTaskCompletedEventId = scope.CompletedEventId,
                    Namespace = name,
                    NamespaceId = id,
                    WorkflowExecution = attributes.Execution,
                    SignalName = attributes.SignalName,
                    Input = attributes.Input,
                    Control = attributes.Control,
                    ChildWorkflowOnly = attributes.ChildWorkflowOnly,
                    Header = attributes.Header,
                },
            }
        );
    }

    /// <summary>Records a cancel request to another workflow.</summary>
    public static void RequestCancel(CommandScope scope, Command command)
    {
        const WorkflowTaskFailedCause Bad = WorkflowTaskFailedCause.BadRequestCancelExternalWorkflowExecutionAttributes;
        var attributes = command.RequestCancelExternalWorkflowExecutionCommandAttributes;
        Ids.Require(scope.Limits, attributes.WorkflowId, "workflow id", Bad);
        Ids.Limit(scope.Limits, attributes.Control, "control", Bad);
        Ids.Limit(scope.Limits, attributes.Namespace, "namespace", Bad);
        if (scope.ChildrenInitiated.Contains(attributes.WorkflowId))
        {
            throw new BadCommandException(Bad, "Start and RequestCancel for child workflow is not allowed in same workflow task.");
        }

        if (scope.State.ExternalCancels.Count >= scope.Limits.PendingCancels)
        {
            throw new BadCommandException(
                WorkflowTaskFailedCause.PendingRequestCancelLimitExceeded,
                CountLimits.Reached(
                    "pending requests to cancel external workflows",
                    scope.State.ExternalCancels.Count,
                    scope.Limits.PendingCancels
                )
            );
        }

        var (name, id) = Target(scope, attributes.Namespace);
        scope.Add(
            command,
            new HistoryEvent
            {
                RequestCancelExternalWorkflowExecutionInitiatedEventAttributes =
                    new RequestCancelExternalWorkflowExecutionInitiatedEventAttributes
                    {
                        WorkflowTaskCompletedEventId = scope.CompletedEventId,
                        Namespace = name,
                        NamespaceId = id,
                        WorkflowExecution = new WorkflowExecution { WorkflowId = attributes.WorkflowId, RunId = attributes.RunId },
                        Control = attributes.Control,
                        ChildWorkflowOnly = attributes.ChildWorkflowOnly,
                        Reason = attributes.Reason,
                    },
            }
        );
    }

    // A namespace that does not exist is found out at delivery and becomes an event, not a failed task.
    private static (string Name, string Id) Target(CommandScope scope, string name) =>
        name.Length == 0 || name == scope.Namespace.Name
            ? (scope.Namespace.Name, scope.Namespace.Id)
            : (name, scope.Namespaces.Find(name)?.Id ?? "");
}
