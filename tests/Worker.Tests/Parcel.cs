using TemporalDelivery.Workflows.Deliveries;
using Temporalio.Workflows;

namespace TemporalDelivery.Worker.Tests;

/// <summary>A delivery's workflow as the relay knows it: something of that id that takes the signal. Ends when it is told the event "evt-last".</summary>
[Workflow("Parcel")]
public sealed class Parcel
{
    readonly List<string> _heard = [];

    [WorkflowRun]
    public async Task<List<string>> RunAsync()
    {
        await Workflow.WaitConditionAsync(() => _heard.Contains("evt-last"));
        return _heard;
    }

    [WorkflowSignal(DeliveryMessageNames.PartnerEvent)]
    public Task HearAsync(PartnerEvent partnerEvent)
    {
        ArgumentNullException.ThrowIfNull(partnerEvent);
        _heard.Add($"{partnerEvent.EventId}");
        return Task.CompletedTask;
    }
}
