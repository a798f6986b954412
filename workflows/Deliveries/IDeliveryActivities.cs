using TemporalDelivery.Workflows.Orders;
using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>
/// The delivery orders' records. Task queue <see cref="TaskQueues.Deliveries"/>; called as <see cref="Effects.EffectRunner"/> says.
/// </summary>
public interface IDeliveryActivities
{
    /// <summary>
    /// Inserts the row in CREATED with its first audit row, once per (order, order attempt, delivery attempt), and returns its id; a
    /// repeated call returns the same id. Links it to the order's payment of that order attempt. (Called by OrderWorkflow.)
    /// </summary>
    [Activity]
    public Task<DeliveryOrderCreated> CreateDeliveryOrderAsync(NewDeliveryOrder order);

    /// <summary>
    /// Writes the delivery order's new state and one append-only audit row in one transaction, once per (delivery order, run, sequence): a
    /// repeated call changes nothing. The state in the table must be <see cref="DeliveryTransition.From"/>; anything else is a bug and not
    /// retryable.
    /// </summary>
    [Activity]
    public Task RecordDeliveryTransitionAsync(DeliveryTransition transition);

    /// <summary>
    /// Notes in the audit that this event arrived and was not applied, once per delivery order and event id. The state stays.
    /// </summary>
    [Activity]
    public Task RecordStaleEventAsync(StalePartnerEvent stale);
}

/// <summary>A delivery order to be inserted.</summary>
/// <param name="OrderId">Its order.</param>
/// <param name="OrderAttempt">The order's attempt, which names the payment.</param>
/// <param name="Attempt">1, then one more with each redelivery.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="GraphVersion">The delivery graph that it lives by.</param>
/// <param name="Address">Where the parcel goes.</param>
/// <param name="Lines">The physical lines.</param>
/// <param name="Supersedes">The delivery order that it takes over from.</param>
public sealed record NewDeliveryOrder(
    Guid OrderId,
    int OrderAttempt,
    int Attempt,
    Guid CustomerId,
    int GraphVersion,
    Address Address,
    IReadOnlyList<OrderLine> Lines,
    Guid? Supersedes
);

/// <summary>The id of the inserted row, a UUIDv7.</summary>
public sealed record DeliveryOrderCreated(Guid DeliveryOrderId);

/// <summary>One change of a delivery order's state, as it is recorded.</summary>
/// <param name="DeliveryOrderId">The delivery order.</param>
/// <param name="OrderId">Its order.</param>
/// <param name="From">The state left.</param>
/// <param name="To">The state entered.</param>
/// <param name="Event">What caused it: one of <see cref="DeliveryEvents"/>.</param>
/// <param name="Failure">Set when <paramref name="To"/> is DELIVERY_FAILED.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Actor">Who caused it.</param>
/// <param name="PartnerDeliveryNumber">The partner's own number, when this event brought it; otherwise null, and what is stored
/// stays.</param>
/// <param name="PartnerEventId">The partner's event that caused it, if one did.</param>
/// <param name="WorkflowRunId">The run that says so.</param>
/// <param name="Sequence">1, 2, 3… within the run; with the run it is the idempotency key.</param>
public sealed record DeliveryTransition(
    Guid DeliveryOrderId,
    Guid OrderId,
    DeliveryState From,
    DeliveryState To,
    string Event,
    DeliveryFailure? Failure,
    string? Reason,
    Actor Actor,
    string? PartnerDeliveryNumber,
    string? PartnerEventId,
    string WorkflowRunId,
    int Sequence
);

/// <summary>An event that came too late to be applied.</summary>
/// <param name="DeliveryOrderId">The delivery order.</param>
/// <param name="OrderId">Its order.</param>
/// <param name="State">The state in which it was read.</param>
/// <param name="Event">The event.</param>
public sealed record StalePartnerEvent(Guid DeliveryOrderId, Guid OrderId, DeliveryState State, PartnerEvent Event);
