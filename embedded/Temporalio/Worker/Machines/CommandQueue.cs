using Temporalio.Api.Command.V1;
using Temporalio.Api.History.V1;
using Temporalio.Worker.Events;

namespace Temporalio.Worker.Machines;

/// <summary>The commands of the current task in order, each until its event has come.</summary>
internal sealed class CommandQueue
{
    private readonly LinkedList<(CommandMachine Machine, Command Command)> queue = new();

    internal void Add(CommandMachine machine, Command command) => queue.AddLast((machine, command));

    /// <summary>Drops what was canceled before it was sent.</summary>
    internal void DropWithdrawn()
    {
        for (var node = queue.First; node != null;)
        {
            var following = node.Next;
            if (node.Value.Machine.IsWithdrawn)
            {
                queue.Remove(node);
            }
            node = following;
        }
    }

    internal IEnumerable<Command> Commands => queue.Select(entry => entry.Command);

    /// <summary>The first command that must have an event; patches need none.</summary>
    internal CommandMachine? FirstThatNeedsEvent =>
        queue.Select(entry => entry.Machine).FirstOrDefault(machine => machine is not PatchMachine);

    /// <summary>
    /// Gives an event to the command that led to it. Returns the command's machine, or null for the marker of a
    /// deprecated patch, which needs no command.
    /// </summary>
    /// <exception cref="Exceptions.WorkflowNondeterminismException">The next command is another one.</exception>
    internal CommandMachine? Match(HistoryEvent e)
    {
        var isPatch = PatchMarker.TryRead(e, out var patch);
        while (queue.First is { } first)
        {
            var machine = first.Value.Machine;
            if (isPatch && patch.Deprecated && (machine as PatchMachine)?.PatchId != patch.PatchId)
            {
                return null;
            }
            queue.RemoveFirst();
            var unneededPatch = machine is PatchMachine && !isPatch;
            if (unneededPatch || machine.IsWithdrawn)
            {
                continue;
            }
            machine.OnCommandEvent(e);
            return machine;
        }
        return isPatch && patch.Deprecated ? null : throw Nondeterminism.NoCommand(e);
    }
}
