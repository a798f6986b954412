using Google.Protobuf;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Protocol.V1;

namespace Temporal.Server.History.Commands;

/// <summary>What a worker sends may not be too large for an event. The worker would only send it again, so the run ends.</summary>
internal static class CommandSizes
{
    /// <summary>Refuses a command with too large a payload.</summary>
    /// <exception cref="BadCommandException">It has; ends the run.</exception>
    public static void Check(WorkflowLimits limits, Command command)
    {
        switch (command.CommandType)
        {
            case CommandType.ScheduleActivityTask:
                Limit(
                    limits,
                    command.ScheduleActivityTaskCommandAttributes.Input,
                    "ScheduleActivityTaskCommandAttributes.Input",
                    WorkflowTaskFailedCause.BadScheduleActivityAttributes
                );
                break;
            case CommandType.CompleteWorkflowExecution:
                Limit(
                    limits,
                    command.CompleteWorkflowExecutionCommandAttributes.Result,
                    "CompleteWorkflowExecutionCommandAttributes.Result",
                    WorkflowTaskFailedCause.BadCompleteWorkflowExecutionAttributes
                );
                break;
            case CommandType.FailWorkflowExecution:
                Limit(
                    limits,
                    command.FailWorkflowExecutionCommandAttributes.Failure,
                    "FailWorkflowExecutionCommandAttributes.Failure",
                    WorkflowTaskFailedCause.BadFailWorkflowExecutionAttributes
                );
                break;
            case CommandType.CancelWorkflowExecution:
                Limit(
                    limits,
                    command.CancelWorkflowExecutionCommandAttributes.Details,
                    "CancelWorkflowExecutionCommandAttributes.Details",
                    WorkflowTaskFailedCause.BadCancelWorkflowExecutionAttributes
                );
                break;
            case CommandType.RecordMarker:
                Limit(
                    limits,
                    command.RecordMarkerCommandAttributes,
                    "RecordMarkerCommandAttributes",
                    WorkflowTaskFailedCause.BadRecordMarkerAttributes
                );
                break;
            case CommandType.ContinueAsNewWorkflowExecution:
                var next = command.ContinueAsNewWorkflowExecutionCommandAttributes;
                Limit(
                    limits,
                    next.Input,
                    "ContinueAsNewWorkflowExecutionCommandAttributes.Input",
                    WorkflowTaskFailedCause.BadContinueAsNewAttributes
                );
                Limit(
                    limits,
                    next.LastCompletionResult,
                    "ContinueAsNewWorkflowExecutionCommandAttributes.LastCompletionResult",
                    WorkflowTaskFailedCause.BadContinueAsNewAttributes
                );
                LimitMemo(
                    limits,
                    next.Memo,
                    "ContinueAsNewWorkflowExecutionCommandAttributes",
                    WorkflowTaskFailedCause.BadContinueAsNewAttributes
                );
                break;
            case CommandType.StartChildWorkflowExecution:
                var child = command.StartChildWorkflowExecutionCommandAttributes;
                Limit(
                    limits,
                    child.Input,
                    "StartChildWorkflowExecutionCommandAttributes.Input",
                    WorkflowTaskFailedCause.BadStartChildExecutionAttributes
                );
                LimitMemo(
                    limits,
                    child.Memo,
                    "StartChildWorkflowExecutionCommandAttributes",
                    WorkflowTaskFailedCause.BadStartChildExecutionAttributes
                );
                break;
            case CommandType.SignalExternalWorkflowExecution:
                Limit(
                    limits,
                    command.SignalExternalWorkflowExecutionCommandAttributes.Input,
                    "SignalExternalWorkflowExecutionCommandAttributes.Input",
                    WorkflowTaskFailedCause.BadSignalWorkflowExecutionAttributes
                );
                break;
            default:
                break;
        }
    }

    /// <summary>Refuses a protocol message with too large a body.</summary>
    /// <exception cref="BadCommandException">It has; ends the run.</exception>
    public static void Check(WorkflowLimits limits, Message message) =>
        Limit(limits, message.Body, $"Message {message.Id}", WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage);

    /// <summary>Refuses too large a memo.</summary>
    /// <exception cref="BadCommandException">It is; ends the run.</exception>
    public static void LimitMemo(WorkflowLimits limits, Memo? memo, string what, WorkflowTaskFailedCause cause)
    {
        if (memo?.CalculateSize() > limits.MemoBytes)
        {
            throw new BadCommandException(cause, $"{what}. Memo exceeds size limit.", endsRun: true);
        }
    }

    private static void Limit(WorkflowLimits limits, IMessage? payload, string what, WorkflowTaskFailedCause cause)
    {
        if (payload?.CalculateSize() > limits.BlobBytes)
        {
            throw new BadCommandException(cause, $"{what} exceeds size limit.", endsRun: true);
        }
    }
}
