using TemporalDelivery.Workflows.Effects;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Tests;

/// <summary>OrderWorkflow for an order of e-books, but it is charged before it is admitted.</summary>
[Workflow("OrderWorkflow")]
public sealed class SwappedOrderWorkflow
{
    [WorkflowRun]
    public async Task<OrderView?> RunAsync(OrderInput order)
    {
        var attempt = new OrderAttempt(order.OrderId, order.Attempt);
        var effects = new EffectRunner($"order-{attempt}", order.OrderId, deliveryOrderId: null, order.Options.StepDeadline);
        var payment = new OrderPayment(order, effects);

        await payment.ChargeAsync(() => false, () => Task.FromResult(false));
        await effects.RunLocalAsync((IOrderActivities orders) => orders.AdmitOrderAsync(attempt), "admit the order");
        return null;
    }
}
