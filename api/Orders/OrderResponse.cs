using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Orders;

/// <summary>An order as its owner sees it.</summary>
/// <remarks>The read model writes it; this describes it.</remarks>
/// <param name="OrderId">Its id.</param>
/// <param name="CustomerId">The customer who ordered.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Attempt">1, and one more with each retry.</param>
/// <param name="Failure">Why it is FAILED or CANCELLED.</param>
/// <param name="TotalCents">The sum of its lines, before any discount.</param>
/// <param name="DiscountCents">What a voucher took off.</param>
/// <param name="Currency">EUR.</param>
/// <param name="VoucherCode">The voucher that it was placed with.</param>
/// <param name="DeliveryAddress">Where its physical lines go.</param>
/// <param name="PlacedAt">When it was accepted.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="Lines">What was ordered.</param>
/// <param name="History">Every change of its status, oldest first.</param>
/// <param name="Tracking">Its delivery orders, oldest first.</param>
/// <param name="CancelRequested">It is to be cancelled: it stays what it is until everything is undone, or that is refused.</param>
/// <param name="CancelRefusal">Why the last cancellation of it was refused.</param>
/// <param name="Workflow">With <c>consistent=true</c>: what the workflow itself answers.</param>
public sealed record OrderResponse(
    Guid OrderId,
    Guid CustomerId,
    OrderStatus Status,
    int Attempt,
    FailureResponse? Failure,
    long TotalCents,
    long DiscountCents,
    string Currency,
    string? VoucherCode,
    Address? DeliveryAddress,
    DateTimeOffset PlacedAt,
    DateTimeOffset UpdatedAt,
    IReadOnlyList<OrderLineResponse> Lines,
    IReadOnlyList<ChangeResponse> History,
    IReadOnlyList<TrackingResponse> Tracking,
    bool CancelRequested,
    string? CancelRefusal,
    OrderView? Workflow = null
);

/// <summary>Why an order failed.</summary>
/// <param name="Type">For programs: OUT_OF_STOCK, PAYMENT_DECLINED, …</param>
/// <param name="Reason">For people.</param>
public sealed record FailureResponse(string? Type, string? Reason);

/// <summary>A line at the price of its day.</summary>
public sealed record OrderLineResponse(string Sku, string Name, LineKind Kind, int Quantity, long UnitPriceCents);

/// <summary>A change of status.</summary>
/// <param name="From">Absent for the first.</param>
/// <param name="To">The new status.</param>
/// <param name="Event">What caused it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Actor">Who caused it: system, partner, customer:… or operator:….</param>
/// <param name="At">When the change was committed.</param>
/// <param name="Goods">Of a delivery: what became of a parcel that had left, by an operator's word.</param>
public sealed record ChangeResponse(
    string? From,
    string To,
    string Event,
    string? Reason,
    string Actor,
    DateTimeOffset At,
    GoodsOutcome? Goods = null
);

/// <summary>A delivery order of an order, as <see cref="Deliveries.DeliveryResponse"/> says it.</summary>
public sealed record TrackingResponse(
    Guid DeliveryOrderId,
    int Attempt,
    DeliveryState State,
    DeliveryFailureReason? Reason,
    string? Note,
    string? PartnerDeliveryNumber,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? WaitsUntil,
    IReadOnlyList<ChangeResponse> History
);
