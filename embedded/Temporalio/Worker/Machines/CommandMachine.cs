using Temporalio.Api.History.V1;

namespace Temporalio.Worker.Machines;

/// <summary>
/// One thing that workflow code has asked for, from the intent to its final event. It issues commands, checks the events
/// that answer them and tells the workflow the outcome.
/// </summary>
internal abstract class CommandMachine(IMachineHost host)
{
    /// <summary>Gets a value indicating whether it was canceled before its command was sent, so that none is needed.</summary>
    internal virtual bool IsWithdrawn => false;

    protected IMachineHost Host { get; } = host;

    /// <summary>The command that comes next, in words that identify it.</summary>
    internal abstract string DescribeCommand();

    /// <summary>Takes the event that a command of this machine has led to.</summary>
    /// <exception cref="Exceptions.WorkflowNondeterminismException">The event is not the command's.</exception>
    internal abstract void OnCommandEvent(HistoryEvent e);

    /// <summary>Takes an event that follows up the command event.</summary>
    /// <exception cref="Exceptions.WorkflowNondeterminismException">The event does not belong to such a command.</exception>
    internal virtual void OnEvent(HistoryEvent e) => throw Nondeterminism.Mismatch(DescribeCommand(), e);
}
