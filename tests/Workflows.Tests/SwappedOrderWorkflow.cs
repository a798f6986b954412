using TemporalDelivery.Workflows.Effects;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Tests;

/// <summary>OrderWorkflow for an order of e-books, but the stock is reserved before the order is checked.</summary>
[Workflow("OrderWorkflow")]
public sealed class SwappedOrderWorkflow
{
    [WorkflowRun]
    public async Task<OrderView?> RunAsync(OrderInput order)
    {
        var attempt = new OrderAttempt(order.OrderId, order.Attempt);
        var effects = new EffectRunner($"order-{attempt}", order.OrderId, deliveryOrderId: null, order.Options.StepDeadline);
        var record = new OrderRecord(attempt, effects);
        var payment = new OrderPayment(order, effects, new UndoStack(effects));
        var check = new OrderCheck(order.OrderId, order.CustomerId, order.Lines, order.DeliveryAddress, order.PaymentToken);
        var reservation = new StockReservation(
            order.OrderId,
            order.Attempt,
            [.. order.Lines.Select(line => new StockLine(line.Sku, line.Quantity))]
        );
        var grant = new DigitalGrant(order.OrderId, order.Attempt, order.CustomerId, order.DigitalLines);

        await record.EnterAsync(OrderStatus.Validating, OrderEvents.Started);
        await effects.RunAsync((IInventoryActivities stock) => stock.ReserveStockAsync(reservation), "reserve the stock");
        await record.EnterAsync(OrderStatus.InventoryCheck, OrderEvents.Validated);
        await effects.RunAsync((IOrderCheckActivities orders) => orders.CheckOrderAsync(check), "validate");
        await record.EnterAsync(OrderStatus.PaymentProcessing, OrderEvents.StockReserved);
        await payment.RedeemVoucherAsync();
        await payment.ChargeAsync(() => false);
        await record.EnterAsync(OrderStatus.Fulfillment, OrderEvents.Paid);
        await effects.RunAsync((IDigitalGrantActivities grants) => grants.GrantDigitalItemsAsync(grant), "grant the e-books");
        return null;
    }
}
