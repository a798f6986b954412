using TemporalDelivery.Workflows.Deliveries;
using Temporalio.Workflows;

namespace TemporalDelivery.Worker.Tests;

/// <summary>
/// A delivery's workflow as the relay knows it: something of that id that takes the signal. Ends when it is told the event "evt-last".
/// </summary>
[Workflow("Parcel")]
public sealed class Parcel
{
    private readonly List<string> events = [];

    [WorkflowRun]
    public async Task<List<string>> RunAsync()
    {
        await Workflow.WaitConditionAsync(() => events.Exists(told => told.StartsWith("evt-last", StringComparison.Ordinal)));
        return events;
    }

    [WorkflowSignal]
    public Task PartnerEventAsync(PartnerEvent partnerEvent)
    {
        ArgumentNullException.ThrowIfNull(partnerEvent);
        events.Add($"{partnerEvent.EventId}{(partnerEvent.IsProven ? " proven" : "")}");
        return Task.CompletedTask;
    }
}
