using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Case = Temporalio.Api.Command.V1.Command.AttributesOneofCase;
using Cause = Temporalio.Api.Enums.V1.WorkflowTaskFailedCause;

namespace Temporal.Server.History.Commands;

/// <summary>A command carries the attributes of its own type; which they are, and how it fails without them.</summary>
internal static class CommandAttributes
{
    private static readonly Dictionary<CommandType, (Case Case, Cause Cause)> Expected = new()
    {
        [CommandType.ScheduleActivityTask] = (Case.ScheduleActivityTaskCommandAttributes, Cause.BadScheduleActivityAttributes),
        [CommandType.RequestCancelActivityTask] = (
            Case.RequestCancelActivityTaskCommandAttributes,
            Cause.BadRequestCancelActivityAttributes
        ),
        [CommandType.StartTimer] = (Case.StartTimerCommandAttributes, Cause.BadStartTimerAttributes),
        [CommandType.CancelTimer] = (Case.CancelTimerCommandAttributes, Cause.BadCancelTimerAttributes),
        [CommandType.RecordMarker] = (Case.RecordMarkerCommandAttributes, Cause.BadRecordMarkerAttributes),
        [CommandType.CompleteWorkflowExecution] = (
            Case.CompleteWorkflowExecutionCommandAttributes,
            Cause.BadCompleteWorkflowExecutionAttributes
        ),
        [CommandType.FailWorkflowExecution] = (Case.FailWorkflowExecutionCommandAttributes, Cause.BadFailWorkflowExecutionAttributes),
        [CommandType.CancelWorkflowExecution] = (Case.CancelWorkflowExecutionCommandAttributes, Cause.BadCancelWorkflowExecutionAttributes),
        [CommandType.ContinueAsNewWorkflowExecution] = (
            Case.ContinueAsNewWorkflowExecutionCommandAttributes,
            Cause.BadContinueAsNewAttributes
        ),
        [CommandType.StartChildWorkflowExecution] = (
            Case.StartChildWorkflowExecutionCommandAttributes,
            Cause.BadStartChildExecutionAttributes
        ),
        [CommandType.SignalExternalWorkflowExecution] = (
            Case.SignalExternalWorkflowExecutionCommandAttributes,
            Cause.BadSignalWorkflowExecutionAttributes
        ),
        [CommandType.RequestCancelExternalWorkflowExecution] = (
            Case.RequestCancelExternalWorkflowExecutionCommandAttributes,
            Cause.BadRequestCancelExternalWorkflowExecutionAttributes
        ),
        [CommandType.UpsertWorkflowSearchAttributes] = (Case.UpsertWorkflowSearchAttributesCommandAttributes, Cause.BadSearchAttributes),
        [CommandType.ModifyWorkflowProperties] = (
            Case.ModifyWorkflowPropertiesCommandAttributes,
            Cause.BadModifyWorkflowPropertiesAttributes
        ),
        [CommandType.ProtocolMessage] = (Case.ProtocolMessageCommandAttributes, Cause.BadUpdateWorkflowExecutionMessage),
    };

    /// <summary>Refuses a command without the attributes of its type.</summary>
    /// <exception cref="BadCommandException">They are missing.</exception>
    public static void Require(Command command)
    {
        if (Expected.TryGetValue(command.CommandType, out var expected) && command.AttributesCase != expected.Case)
        {
            throw new BadCommandException(expected.Cause, $"{expected.Case} is not set on the command {command.CommandType}.");
        }
    }
}
