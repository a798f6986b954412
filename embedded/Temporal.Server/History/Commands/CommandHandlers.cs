using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.History.Commands;

/// <summary>Which room a command belongs to.</summary>
internal static class CommandHandlers
{
    private static readonly Dictionary<CommandType, Action<CommandScope, Command>> Handlers = new()
    {
        [CommandType.ScheduleActivityTask] = ActivityCommands.Schedule,
        [CommandType.RequestCancelActivityTask] = ActivityCommands.RequestCancel,
        [CommandType.StartTimer] = TimerCommands.Start,
        [CommandType.CancelTimer] = TimerCommands.Cancel,
        [CommandType.RecordMarker] = MarkerCommands.Record,
        [CommandType.CompleteWorkflowExecution] = CloseCommands.Complete,
        [CommandType.FailWorkflowExecution] = CloseCommands.Fail,
        [CommandType.CancelWorkflowExecution] = CloseCommands.Cancel,
        [CommandType.ContinueAsNewWorkflowExecution] = ContinueAsNewCommand.Execute,
        [CommandType.StartChildWorkflowExecution] = ChildCommands.Start,
        [CommandType.SignalExternalWorkflowExecution] = ExternalCommands.Signal,
        [CommandType.RequestCancelExternalWorkflowExecution] = ExternalCommands.RequestCancel,
        [CommandType.UpsertWorkflowSearchAttributes] = PropertyCommands.UpsertSearchAttributes,
        [CommandType.ModifyWorkflowProperties] = PropertyCommands.ModifyMemo,
        [CommandType.ProtocolMessage] = MessageCommands.Process,
    };

    /// <summary>Whether the command ends the run.</summary>
    public static bool Closes(CommandType type) =>
        type
            is CommandType.CompleteWorkflowExecution
                or CommandType.FailWorkflowExecution
                or CommandType.CancelWorkflowExecution
                or CommandType.ContinueAsNewWorkflowExecution;

    /// <summary>Carries a command out.</summary>
    /// <exception cref="BadCommandException">It cannot be.</exception>
    public static void Execute(CommandScope scope, Command command)
    {
        if (!Handlers.TryGetValue(command.CommandType, out var handler))
        {
            throw new BadCommandException(
                WorkflowTaskFailedCause.FeatureDisabled,
                $"This server does not know the command {command.CommandType}."
            );
        }

        if (Closes(command.CommandType) && (scope.State.Buffered.Count > 0 || scope.Transition.Run.Updates.HasAdmitted))
        {
            throw new BadCommandException(WorkflowTaskFailedCause.UnhandledCommand, "UnhandledCommand");
        }

        CommandAttributes.Require(command);
        CommandSizes.Check(scope.Limits, command);
        handler(scope, command);
    }
}
