using TemporalDelivery.Api.Orders;
using TemporalDelivery.Workflows;

namespace TemporalDelivery.Api.Deliveries;

/// <summary>The customer has it.</summary>
/// <param name="Note">Anything they want to say.</param>
public sealed record ConfirmRequest(string? Note);

/// <summary>It was not delivered as it should.</summary>
/// <param name="Reason">WRONG_ADDRESS, RECIPIENT_ABSENT, RECIPIENT_REFUSED, DAMAGED, LOST, ACCESS_DENIED, NOT_RECEIVED or OTHER.</param>
/// <param name="Note">In the customer's words.</param>
public sealed record DisputeRequest(string? Reason, string? Note);

/// <summary>An operator's decision.</summary>
/// <param name="Resolution">REDELIVER, CANCEL or CONFIRM_WITH_PROOF.</param>
/// <param name="Reason">Why, and for a confirmation the proof.</param>
public sealed record ResolutionRequest(string? Resolution, string? Reason);

/// <summary>A delivery order. (The read model writes it; this describes it.)</summary>
/// <param name="DeliveryOrderId">Its id.</param>
/// <param name="OrderId">The order that it brings to the customer.</param>
/// <param name="CustomerId">Whose.</param>
/// <param name="Attempt">1 for the order's first, then one more with each redelivery.</param>
/// <param name="State">CREATED, PICKED_UP, DELIVERED, DELIVERY_CONFIRMED, DELIVERY_FAILED, PENDING_BY_OPERATOR, SUPERSEDED or CANCELLED.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Note">In free text.</param>
/// <param name="PartnerDeliveryNumber">The partner's own number, from the pickup on.</param>
/// <param name="GraphVersion">The version of the delivery graph that it follows.</param>
/// <param name="Address">Where to.</param>
/// <param name="CreatedAt">When it began.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="History">Every change of its state, oldest first.</param>
public sealed record DeliveryResponse(
    Guid DeliveryOrderId,
    Guid OrderId,
    Guid CustomerId,
    int Attempt,
    string State,
    string? Reason,
    string? Note,
    string? PartnerDeliveryNumber,
    int GraphVersion,
    Address Address,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    IReadOnlyList<ChangeResponse> History);
