using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Worker.Machines;

/// <summary>A command that leads to one event and nothing more: upserts, and everything that closes the workflow.</summary>
internal sealed class OneEventMachine : CommandMachine
{
    private readonly Command command;
    private readonly EventType expected;

    internal OneEventMachine(IMachineHost host, Command command, EventType expected)
        : base(host)
    {
        this.command = command;
        this.expected = expected;
        host.Issue(this, command);
    }

    internal override string DescribeCommand() => command.CommandType.ToString();

    internal override void OnCommandEvent(HistoryEvent e)
    {
        if (e.EventType != expected)
        {
            throw Nondeterminism.Mismatch(DescribeCommand(), e);
        }
    }
}
