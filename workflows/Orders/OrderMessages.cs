using TemporalDelivery.Workflows.Actors;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>Update <c>Cancel</c>: stop the order and undo everything. Refused once the partner has picked up.</summary>
/// <param name="Actor">The owner or an operator.</param>
/// <param name="Reason">Why; never empty.</param>
public sealed record CancelOrder(Actor Actor, string Reason) : IActedMessage
{
    IActedMessage IActedMessage.Of(Actor actor) => this with { Actor = actor };
}

/// <summary>Update <c>FulfillManually</c>: the goods were handed over in the shop. Completes FULFILLMENT.</summary>
/// <param name="Actor">An operator.</param>
/// <param name="Reason">What was handed over by whom; never empty.</param>
public sealed record ManualFulfillment(Actor Actor, string Reason) : IActedMessage
{
    IActedMessage IActedMessage.Of(Actor actor) => this with { Actor = actor };
}

/// <summary>
/// Signal <c>PaymentEvent</c>: the payment provider's event about a charge that was pending. It comes at least once and in any order.
/// </summary>
/// <param name="EventId">The provider's event id; a duplicate is a no-op.</param>
/// <param name="PaymentId">The charge that it is about; another charge's event is ignored.</param>
/// <param name="Outcome">SETTLED or DECLINED.</param>
/// <param name="Reason">Why it was declined.</param>
public sealed record PaymentEvent(string EventId, string PaymentId, ChargeOutcome Outcome, string? Reason);

/// <summary>Signal <c>WithdrawalRefused</c>, from a delivery to its order: it cannot be withdrawn any more.</summary>
/// <param name="DeliveryOrderId">Which delivery order.</param>
/// <param name="RequestId">Which request, by the id in its <see cref="Deliveries.DeliveryWithdrawal"/>.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record WithdrawalRefusal(Guid DeliveryOrderId, string RequestId, string Reason);

/// <summary>Signal <c>DeliveryLost</c>, from the reconciliation: the workflow of a delivery that is not over is gone.</summary>
/// <param name="DeliveryOrderId">Which delivery order.</param>
public sealed record LostDelivery(Guid DeliveryOrderId);

/// <summary>What the workflow answers to the query <c>View</c> and to updates, and returns at its end.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Attempt">The attempt that this run is.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Reason">Why it is FAILED or CANCELLED.</param>
/// <param name="DiscountCents">What the voucher took off.</param>
/// <param name="PaymentId">The provider's charge.</param>
/// <param name="DeliveryOrderId">The active delivery order, or the last.</param>
/// <param name="DeliveryAttempt">How many delivery orders there were.</param>
/// <param name="CancelRefusal">Why Cancel would be refused now; null while it is allowed, and while only the delivery knows.</param>
public sealed record OrderView(
    Guid OrderId,
    int Attempt,
    OrderStatus Status,
    string? Reason,
    long DiscountCents,
    string? PaymentId,
    Guid? DeliveryOrderId,
    int DeliveryAttempt,
    string? CancelRefusal
);
