using Temporal.Server.Namespaces;
using Temporal.Server.Rpc;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Commands;

/// <summary>START_CHILD_WORKFLOW_EXECUTION: recorded here, started after the commit.</summary>
internal static class ChildCommands
{
    /// <summary>Records a child to start.</summary>
    public static void Start(CommandScope scope, Command command)
    {
        const WorkflowTaskFailedCause Bad = WorkflowTaskFailedCause.BadStartChildExecutionAttributes;
        var attributes = command.StartChildWorkflowExecutionCommandAttributes;
        Ids.Require(scope.Limits, attributes.WorkflowId, "workflow id", Bad);
        Ids.Require(scope.Limits, attributes.WorkflowType?.Name, "workflow type", Bad);
        Ids.Limit(scope.Limits, attributes.TaskQueue?.Name, "task queue", Bad);
        Ids.Limit(scope.Limits, attributes.Namespace, "namespace", Bad);
        if (scope.State.Children.Count >= scope.Limits.PendingChildren)
        {
            throw new BadCommandException(
                WorkflowTaskFailedCause.PendingChildWorkflowsLimitExceeded,
                CountLimits.Reached("pending child workflow executions", scope.State.Children.Count, scope.Limits.PendingChildren)
            );
        }

        var space = attributes.Namespace.Length == 0 ? scope.Namespace : scope.Namespaces.Find(attributes.Namespace);
        var initiated = new StartChildWorkflowExecutionInitiatedEventAttributes
        {
            Namespace = space?.Name ?? attributes.Namespace,
            NamespaceId = space?.Id ?? "",
            WorkflowId = attributes.WorkflowId,
            WorkflowType = attributes.WorkflowType,
            TaskQueue = string.IsNullOrEmpty(attributes.TaskQueue?.Name) ? scope.State.Started.TaskQueue : attributes.TaskQueue,
            Input = attributes.Input,
            WorkflowExecutionTimeout = attributes.WorkflowExecutionTimeout,
            WorkflowRunTimeout = attributes.WorkflowRunTimeout,
            WorkflowTaskTimeout = attributes.WorkflowTaskTimeout,
            ParentClosePolicy =
                attributes.ParentClosePolicy == ParentClosePolicy.Unspecified ? ParentClosePolicy.Terminate : attributes.ParentClosePolicy,
            Control = attributes.Control,
            WorkflowTaskCompletedEventId = scope.CompletedEventId,
            WorkflowIdReusePolicy =
                attributes.WorkflowIdReusePolicy == WorkflowIdReusePolicy.Unspecified
                    ? WorkflowIdReusePolicy.AllowDuplicate
                    : attributes.WorkflowIdReusePolicy,
            RetryPolicy = attributes.RetryPolicy,
            CronSchedule = attributes.CronSchedule,
            Header = attributes.Header,
            Memo = attributes.Memo,
            InheritBuildId = attributes.InheritBuildId,
            Priority = attributes.Priority,
        };
        try
        {
            initiated.SearchAttributes = attributes.SearchAttributes is null
                ? null
                : SearchAttributeRules.Check(space ?? scope.Namespace, attributes.SearchAttributes);
            SearchAttributeSizes.CheckCommand(initiated.SearchAttributes, Bad);
            initiated.RetryPolicy = RetryPolicies.CheckForWorkflow(attributes.RetryPolicy);
            Chains.CronSchedule.Check(attributes.CronSchedule);
            Priorities.Check(attributes.Priority);
        }
        catch (RpcException error)
        {
            throw new BadCommandException(Bad, error.Message);
        }

        scope.ChildrenInitiated.Add(attributes.WorkflowId);
        scope.Add(command, new HistoryEvent { StartChildWorkflowExecutionInitiatedEventAttributes = initiated });
    }
}
