using Temporal.Server.History.Updates;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.History.Commands;

/// <summary>PROTOCOL_MESSAGE: processes a message at the command's place in the order.</summary>
internal static class MessageCommands
{
    /// <summary>Processes the message that the command names.</summary>
    public static void Process(CommandScope scope, Command command)
    {
        var id = command.ProtocolMessageCommandAttributes.MessageId;
        if (!scope.Messages.Remove(id, out var message))
        {
            throw new BadCommandException(
                WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage,
                $"ProtocolMessageCommand referenced absent message ID \"{id}\"."
            );
        }

        UpdateMessages.Process(scope, message);
    }
}
