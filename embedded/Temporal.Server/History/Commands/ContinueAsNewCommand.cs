using Temporal.Server.History.Chains;
using Temporal.Server.Namespaces;
using Temporal.Server.Rpc;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Commands;

/// <summary>CONTINUE_AS_NEW: this run closes and its successor is created in the same commit.</summary>
internal static class ContinueAsNewCommand
{
    /// <summary>Continues as a new run; what the command leaves open is inherited.</summary>
    public static void Execute(CommandScope scope, Command command)
    {
        const WorkflowTaskFailedCause Bad = WorkflowTaskFailedCause.BadContinueAsNewAttributes;
        var attributes = command.ContinueAsNewWorkflowExecutionCommandAttributes;
        var started = scope.State.Started;
        Ids.Limit(scope.Limits, attributes.WorkflowType?.Name, "workflow type", Bad);
        Ids.Limit(scope.Limits, attributes.TaskQueue?.Name, "task queue", Bad);
        var continued = new WorkflowExecutionContinuedAsNewEventAttributes
        {
            WorkflowType = string.IsNullOrEmpty(attributes.WorkflowType?.Name) ? started.WorkflowType : attributes.WorkflowType,
            TaskQueue = string.IsNullOrEmpty(attributes.TaskQueue?.Name) ? started.TaskQueue : attributes.TaskQueue,
            Input = attributes.Input,
            WorkflowRunTimeout =
                attributes.WorkflowRunTimeout.ToSpan() == TimeSpan.Zero ? started.WorkflowRunTimeout : attributes.WorkflowRunTimeout,
            WorkflowTaskTimeout =
                attributes.WorkflowTaskTimeout.ToSpan() == TimeSpan.Zero ? started.WorkflowTaskTimeout : attributes.WorkflowTaskTimeout,
            BackoffStartInterval = attributes.BackoffStartInterval,
            Initiator = attributes.Initiator == ContinueAsNewInitiator.Unspecified ? ContinueAsNewInitiator.Workflow : attributes.Initiator,
            Failure = attributes.Failure,
            LastCompletionResult = attributes.LastCompletionResult ?? started.LastCompletionResult,
            Header = attributes.Header,
            Memo = attributes.Memo ?? scope.State.Memo,
            SearchAttributes = attributes.SearchAttributes ?? scope.State.SearchAttributes,
            InheritBuildId = attributes.InheritBuildId,
            WorkflowTaskCompletedEventId = scope.CompletedEventId,
        };
        try
        {
            continued.SearchAttributes = SearchAttributeRules.Check(scope.Namespace, continued.SearchAttributes);
            SearchAttributeSizes.CheckCommand(continued.SearchAttributes, Bad);
            var retryPolicy = attributes.RetryPolicy is null ? started.RetryPolicy : RetryPolicies.CheckForWorkflow(attributes.RetryPolicy);
            var successor = Successor.ByContinueAsNew(scope.Transition, continued, retryPolicy, attributes.CronSchedule);
            continued.NewExecutionRunId = successor.Run.Key.RunId;
            scope.Transition.Close(
                new HistoryEvent
                {
                    WorkflowExecutionContinuedAsNewEventAttributes = continued,
                    UserMetadata = command.UserMetadata,
                    EventGroupMarkers = { command.EventGroupMarkers },
                },
                successor
            );
        }
        catch (RpcException error)
        {
            throw new BadCommandException(Bad, error.Message);
        }
    }
}
