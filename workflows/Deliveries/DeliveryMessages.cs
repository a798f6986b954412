using System.Text.Json.Serialization;
using TemporalDelivery.Workflows.Actors;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>
/// Signal <c>PartnerEvent</c>: what the partner's webhook, or its API when asked, said. At least once and in any order: a known
/// <paramref name="EventId"/> is a no-op, an early event waits until it fits, a stale one is recorded and not applied.
/// </summary>
/// <param name="EventId">The partner's id of the event.</param>
/// <param name="Type">An event that the graph lets the partner cause; any other is recorded as stale.</param>
/// <param name="PartnerDeliveryNumber">The partner's own number; comes with the pickup.</param>
/// <param name="Reason">For FAILED and REJECTED: a <see cref="DeliveryFailureReason"/> by wire name; an unknown one becomes OTHER with the
/// text as note.</param>
/// <param name="Note">Free text.</param>
/// <param name="OccurredAt">When it happened, by the partner's clock.</param>
/// <param name="IsProven">It came with the recipient's PIN: that proves a DELIVERED, which confirms the receipt at once.</param>
public sealed record PartnerEvent(
    string EventId,
    string Type,
    string? PartnerDeliveryNumber,
    string? Reason,
    string? Note,
    DateTimeOffset OccurredAt,
    bool IsProven = false
);

/// <summary>Update <c>ConfirmReceipt</c>: the customer has it. Only in DELIVERED.</summary>
/// <param name="Actor">The customer, or whoever has the PIN.</param>
/// <param name="Note">Anything the customer wants to say.</param>
public sealed record ReceiptConfirmation(Actor Actor, string? Note) : IActedMessage
{
    IActedMessage IActedMessage.Of(Actor actor) => this with { Actor = actor };
}

/// <summary>Update <c>Dispute</c>: the parcel was not delivered, or not as it should. Only in DELIVERED.</summary>
/// <param name="Actor">The customer or an operator.</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Note">In the customer's words.</param>
public sealed record DeliveryDispute(Actor Actor, DeliveryFailureReason Reason, string? Note) : IActedMessage
{
    IActedMessage IActedMessage.Of(Actor actor) => this with { Actor = actor };
}

/// <summary>
/// What an operator decides. Each name is that of an event in the delivery graph, which says where the decision is possible.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeliveryResolution>))]
public enum DeliveryResolution
{
    /// <summary>A new delivery order takes over; this one is SUPERSEDED.</summary>
    [JsonStringEnumMemberName("REDELIVER")]
    Redeliver,

    /// <summary>Cancel and refund the order.</summary>
    [JsonStringEnumMemberName("CANCEL")]
    Cancel,

    /// <summary>There is proof that the customer has it.</summary>
    [JsonStringEnumMemberName("CONFIRM_WITH_PROOF")]
    ConfirmWithProof,
}

/// <summary>Update <c>Resolve</c>: an operator's decision.</summary>
/// <param name="Resolution">What is decided.</param>
/// <param name="Actor">The operator.</param>
/// <param name="Reason">Why, and for a confirmation the proof; never empty.</param>
/// <param name="Goods">What became of the goods: for REDELIVER and CANCEL of a parcel that had left, and for nothing else.</param>
public sealed record DeliveryDecision(DeliveryResolution Resolution, Actor Actor, string Reason, GoodsOutcome? Goods = null) : IActedMessage
{
    IActedMessage IActedMessage.Of(Actor actor) => this with { Actor = actor };
}

/// <summary>
/// Signal <c>Withdraw</c>, from an order to its delivery: cancel it if it was never picked up; otherwise the order is told why not.
/// </summary>
/// <param name="RequestId">Which of the order's requests it is. A refusal names it, and a request that is repeated is refused
/// again.</param>
/// <param name="Actor">Who wants the order cancelled or fulfilled otherwise.</param>
/// <param name="Reason">Why.</param>
public sealed record DeliveryWithdrawal(string RequestId, Actor Actor, string Reason);

/// <summary>What the workflow answers to the query <c>View</c> and to updates, and returns at its end.</summary>
/// <param name="DeliveryOrderId">The delivery order.</param>
/// <param name="OrderId">Its order.</param>
/// <param name="Attempt">Its attempt.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Failure">Why it failed, if it did.</param>
/// <param name="PartnerDeliveryNumber">The partner's own number, once picked up.</param>
/// <param name="LastActor">Who caused the last change.</param>
/// <param name="LastReason">Why.</param>
/// <param name="WaitingEvents">How many of the partner's events came too early and wait for their state.</param>
public sealed record DeliveryView(
    Guid DeliveryOrderId,
    Guid OrderId,
    int Attempt,
    DeliveryState State,
    DeliveryFailure? Failure,
    string? PartnerDeliveryNumber,
    Actor LastActor,
    string? LastReason,
    int WaitingEvents
);
