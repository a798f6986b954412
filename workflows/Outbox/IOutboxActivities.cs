using TemporalDelivery.Workflows.Orders;
using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Outbox;

/// <summary>
/// Events for others, written to the outbox and relayed from there. Each call is a transaction of its own, after the one that changed the
/// state; it is retried until it succeeds, and its key makes that one event. Both workflows call it, each on its own task queue: register
/// the implementation on both.
/// </summary>
public interface IOutboxActivities
{
    /// <summary>Writes <c>delivery.confirmed</c>, once per delivery order.</summary>
    [Activity]
    public Task PublishDeliveryConfirmedAsync(DeliveryConfirmed confirmed);

    /// <summary>Writes <c>order.completed</c>, once per order.</summary>
    [Activity]
    public Task PublishOrderCompletedAsync(OrderCompleted completed);
}

/// <summary>Event <c>delivery.confirmed</c>, for order management.</summary>
/// <param name="DeliveryOrderId">The delivery order; the event's key.</param>
/// <param name="OrderId">Its order.</param>
/// <param name="Attempt">The delivery's attempt.</param>
/// <param name="ConfirmedBy">The customer, an operator with proof, or silence (system).</param>
public sealed record DeliveryConfirmed(Guid DeliveryOrderId, Guid OrderId, int Attempt, Actor ConfirmedBy);

/// <summary>Event <c>order.completed</c>.</summary>
/// <param name="OrderId">The order; the event's key.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="TotalCents">Before any discount.</param>
/// <param name="DiscountCents">What a voucher took off.</param>
/// <param name="Lines">What the customer has now.</param>
public sealed record OrderCompleted(Guid OrderId, Guid CustomerId, long TotalCents, long DiscountCents, IReadOnlyList<OrderLine> Lines);
