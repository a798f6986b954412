using TemporalDelivery.Workflows.Operators;
using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>
/// The delivery orders' records: our own database only, so <see cref="Effects.EffectRunner"/> runs them locally, the first on task queue
/// <see cref="TaskQueues.Orders"/>, the others on <see cref="TaskQueues.Deliveries"/>.
/// </summary>
public interface IDeliveryActivities
{
    /// <summary>
    /// Inserts the delivery order that takes over from one that is SUPERSEDED (which has reserved its goods), with its first audit row,
    /// once per (order, order attempt, delivery attempt); a repeated call answers the same. (The first of an order is inserted by its
    /// payment's transaction.)
    /// </summary>
    [Activity]
    public Task<DeliveryOrderCreated> CreateDeliveryOrderAsync(NewDeliveryOrder order);

    /// <summary>
    /// Writes where the moves lead and an append-only audit row for each, closes and opens the states' operator tasks, and puts
    /// <c>delivery.confirmed</c> into the outbox when they end there: all in one transaction, once per (delivery order, state entered). The
    /// goods go with it: in transit from the pickup, sold when confirmed, and restocked or written off by an operator's word. A redelivery
    /// reserves its own; when something is short nothing is written, and the answer says what. The answer says where the delivery order
    /// stands. Where the row has left the first move's <see cref="DeliveryMoved.From"/> by another move, which a lost worker has recorded
    /// and no history knows, nothing is written, and that move holds.
    /// </summary>
    [Activity]
    public Task<DeliveryStanding> RecordDeliveryMovesAsync(DeliveryMoves moves);

    /// <summary>
    /// Notes in the audit that these events arrived and were not applied, each once per delivery order and event id, and tells operators of
    /// a parcel that was delivered after all. The state stays.
    /// </summary>
    [Activity]
    public Task RecordStaleEventsAsync(StalePartnerEvents stale);

    /// <summary>
    /// Puts <c>customer.reminder</c> into the outbox, and a note into the audit, once per delivery order: nothing has happened for long,
    /// and what happens by itself is near. Nothing is written where the delivery has left that state.
    /// </summary>
    [Activity]
    public Task RemindCustomerAsync(CustomerReminder reminder);
}

/// <summary>A customer is to be told what happens by itself when they say nothing.</summary>
/// <param name="DeliveryOrderId">The delivery order.</param>
/// <param name="State">The state that lasts.</param>
/// <param name="WaitsUntil">When it ends by itself.</param>
public sealed record CustomerReminder(Guid DeliveryOrderId, DeliveryState State, DateTime WaitsUntil);

/// <summary>A delivery order that takes over; what it does not say it inherits.</summary>
/// <param name="OrderId">Its order.</param>
/// <param name="OrderAttempt">The order's attempt.</param>
/// <param name="Attempt">One more than that of the one before.</param>
/// <param name="Supersedes">The delivery order that it takes over from.</param>
public sealed record NewDeliveryOrder(Guid OrderId, int OrderAttempt, int Attempt, Guid Supersedes);

/// <summary>The inserted row: its id, a UUIDv7, and the delivery graph that it lives by.</summary>
public sealed record DeliveryOrderCreated(Guid DeliveryOrderId, int GraphVersion);

/// <summary>Changes of a delivery order's state that belong together, as they are recorded.</summary>
/// <param name="DeliveryOrderId">The delivery order.</param>
/// <param name="OrderId">Its order.</param>
/// <param name="Moves">One, and those that follow from it at once.</param>
/// <param name="IsOver">Whether the last state is final.</param>
/// <param name="PartnerDeliveryNumber">The partner's own number, when the event brought it; otherwise null, and what is stored
/// stays.</param>
/// <param name="Closes">The operator task of the state left.</param>
/// <param name="Opens">The operator task of the state entered.</param>
/// <param name="Goods">What became of the goods of a parcel that had left, if an operator has said it.</param>
/// <param name="WaitsUntil">When the state entered ends by itself; null when it does not.</param>
public sealed record DeliveryMoves(
    Guid DeliveryOrderId,
    Guid OrderId,
    IReadOnlyList<DeliveryMoved> Moves,
    bool IsOver,
    string? PartnerDeliveryNumber = null,
    OperatorTaskClosing? Closes = null,
    OperatorTask? Opens = null,
    GoodsOutcome? Goods = null,
    DateTime? WaitsUntil = null
);

/// <summary>One change of a delivery order's state.</summary>
/// <param name="From">The state left.</param>
/// <param name="To">The state entered.</param>
/// <param name="Event">What caused it: an event of the delivery graph.</param>
/// <param name="Failure">Set when <paramref name="To"/> is DELIVERY_FAILED.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Actor">Who caused it.</param>
/// <param name="PartnerEventId">The partner's event that caused it, if one did.</param>
public sealed record DeliveryMoved(
    DeliveryState From,
    DeliveryState To,
    string Event,
    DeliveryFailure? Failure,
    string? Reason,
    Actor Actor,
    string? PartnerEventId = null
);

/// <summary>Where a delivery order stands by its row, which decides.</summary>
/// <param name="Made">The moves that were to be recorded are: now, or before.</param>
/// <param name="State">The state.</param>
/// <param name="PickedUp">Whether the partner ever picked it up.</param>
/// <param name="Failure">Why it failed, if it did.</param>
/// <param name="PartnerDeliveryNumber">The partner's own number, once it was told.</param>
/// <param name="LastActor">Who caused the last change.</param>
/// <param name="LastReason">Why, for people.</param>
/// <param name="ShortSkus">What is out of stock for a redelivery, which therefore was not recorded; otherwise null.</param>
public sealed record DeliveryStanding(
    bool Made,
    DeliveryState State,
    bool PickedUp,
    DeliveryFailure? Failure,
    string? PartnerDeliveryNumber,
    Actor LastActor,
    string? LastReason,
    IReadOnlyList<string>? ShortSkus = null
);

/// <summary>Events that came too late to be applied.</summary>
/// <param name="DeliveryOrderId">The delivery order.</param>
/// <param name="Events">At least one.</param>
public sealed record StalePartnerEvents(Guid DeliveryOrderId, IReadOnlyList<PartnerEvent> Events);
