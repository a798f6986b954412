using Temporalio.Api.History.V1;
using Temporalio.Worker.Events;

namespace Temporalio.Worker.Machines;

/// <summary>A patch's marker. The workflow never waits for it.</summary>
internal sealed class PatchMachine : CommandMachine
{
    internal PatchMachine(IMachineHost host, PatchMarker marker)
        : base(host)
    {
        PatchId = marker.PatchId;
        host.Issue(this, marker.ToCommand());
    }

    internal string PatchId { get; }

    internal override string DescribeCommand() => $"RecordMarker (patch {PatchId})";

    internal override void OnCommandEvent(HistoryEvent e)
    {
        if (!PatchMarker.TryRead(e, out var marker) || marker.PatchId != PatchId)
        {
            throw Nondeterminism.Mismatch(DescribeCommand(), e);
        }
    }
}
