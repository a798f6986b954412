using Temporal.Server.History.Chains;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Commands;

/// <summary>COMPLETE, FAIL and CANCEL_WORKFLOW_EXECUTION.</summary>
internal static class CloseCommands
{
    /// <summary>The workflow returned.</summary>
    public static void Complete(CommandScope scope, Command command)
    {
        var result = command.CompleteWorkflowExecutionCommandAttributes.Result;
        var successor = Successor.ByCron(scope.Transition, result, failure: null);
        var e = WithMetadata(
            command,
            new HistoryEvent
            {
                WorkflowExecutionCompletedEventAttributes = new WorkflowExecutionCompletedEventAttributes
                {
                    Result = result,
                    WorkflowTaskCompletedEventId = scope.CompletedEventId,
                    NewExecutionRunId = successor?.Run.Key.RunId ?? "",
                },
            }
        );
        scope.Transition.Close(e, successor);
    }

    /// <summary>The workflow threw: its retry policy decides, then cron.</summary>
    public static void Fail(CommandScope scope, Command command)
    {
        var failure = command.FailWorkflowExecutionCommandAttributes.Failure
            ?? throw new BadCommandException(WorkflowTaskFailedCause.BadFailWorkflowExecutionAttributes, "The command has no failure.");
        var (successor, retryState) = Successor.ByRetry(scope.Transition, failure);
        successor ??= Successor.ByCron(scope.Transition, result: null, failure);
        var e = WithMetadata(
            command,
            new HistoryEvent
            {
                WorkflowExecutionFailedEventAttributes = new WorkflowExecutionFailedEventAttributes
                {
                    Failure = failure,
                    RetryState = retryState,
                    WorkflowTaskCompletedEventId = scope.CompletedEventId,
                    NewExecutionRunId = successor?.Run.Key.RunId ?? "",
                },
            }
        );
        scope.Transition.Close(e, successor);
    }

    /// <summary>The workflow gave in to a cancellation.</summary>
    public static void Cancel(CommandScope scope, Command command)
    {
        var e = WithMetadata(
            command,
            new HistoryEvent
            {
                WorkflowExecutionCanceledEventAttributes = new WorkflowExecutionCanceledEventAttributes
                {
                    Details = command.CancelWorkflowExecutionCommandAttributes.Details,
                    WorkflowTaskCompletedEventId = scope.CompletedEventId,
                },
            }
        );
        scope.Transition.Close(e, successor: null);
    }

    private static HistoryEvent WithMetadata(Command command, HistoryEvent e)
    {
        e.UserMetadata = command.UserMetadata;
        e.EventGroupMarkers.Add(command.EventGroupMarkers);
        return e;
    }
}
