using TemporalDelivery.Workflows.Orders;
using Temporalio.Workflows;

namespace TemporalDelivery.Worker.Tests;

/// <summary>An order's workflow as the relay knows it: something of that id that takes the signal. Ends with the first event.</summary>
[Workflow("Purchase")]
public sealed class Purchase
{
    private PaymentEvent? told;

    [WorkflowRun]
    public async Task<PaymentEvent> RunAsync()
    {
        await Workflow.WaitConditionAsync(() => told is not null);
        return told!;
    }

    [WorkflowSignal]
    public Task PaymentEventAsync(PaymentEvent paymentEvent)
    {
        told = paymentEvent;
        return Task.CompletedTask;
    }
}
