using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Effects;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Tests;

/// <summary>DeliveryWorkflow, but the pickup is recorded before the partner is booked.</summary>
[Workflow("DeliveryWorkflow")]
public sealed class SwappedDeliveryWorkflow
{
    private readonly List<PartnerEvent> events = [];

    [WorkflowRun]
    public async Task<DeliveryView?> RunAsync(DeliveryInput input)
    {
        var effects = new EffectRunner(
            WorkflowIds.Delivery(input.DeliveryOrderId),
            input.OrderId,
            input.DeliveryOrderId,
            input.Options.StepDeadline
        );
        var key = new DeliveryOrderKey(input.DeliveryOrderId);
        var pickup = new DeliveryMoves(
            input.DeliveryOrderId,
            input.OrderId,
            [new DeliveryMoved(DeliveryState.Created, DeliveryState.PickedUp, DeliveryEvents.PickedUp, null, null, Actor.Partner)],
            IsOver: false
        );

        await effects.RunLocalAsync((IDeliveryActivities deliveries) => deliveries.RecordDeliveryMovesAsync(pickup), "record PICKED_UP");
        await effects.RunAsync((IPartnerActivities partner) => partner.BookDeliveryAsync(key), "book the partner");
        await Workflow.WaitConditionAsync(() => events.Count > 0);
        return null;
    }

    [WorkflowSignal]
    public Task PartnerEventAsync(PartnerEvent partnerEvent)
    {
        events.Add(partnerEvent);
        return Task.CompletedTask;
    }

    [WorkflowUpdate]
    public Task<DeliveryView?> ConfirmReceiptAsync(ReceiptConfirmation confirmation) => Task.FromResult<DeliveryView?>(null);
}
