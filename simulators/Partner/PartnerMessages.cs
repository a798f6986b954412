namespace TemporalDelivery.Simulators.Partner;

/// <summary>A request to bring lines to an address; <paramref name="Attempt"/> counts an order's delivery orders from 1.</summary>
internal sealed record BookingRequest(
    Guid DeliveryOrderId,
    Guid OrderId,
    int Attempt,
    BookingAddress Address,
    IReadOnlyList<BookingLine> Lines
);

/// <summary>
/// Where to; <c>FAIL:REASON</c> in <paramref name="Line2"/> or <paramref name="Note"/> makes an order's first attempt fail with that
/// reason, <c>REFUSE:422</c> has its booking answered with that HTTP status, for <c>HOLD:PICKUP</c> nobody ever comes.
/// </summary>
internal sealed record BookingAddress(
    string Name,
    string Line1,
    string PostalCode,
    string City,
    string Country,
    string? Line2 = null,
    string? Note = null
);

/// <summary>So many of one article.</summary>
internal sealed record BookingLine(string Sku, int Quantity);

/// <summary>Whether the partner takes the delivery, and why not.</summary>
internal sealed record BookingAnswer(Guid DeliveryOrderId, bool Accepted, string? Reason);

/// <summary>What the partner knows of a delivery: its state is BOOKED, REFUSED or CANCELLED, or that of its last event.</summary>
internal sealed record DeliveryAnswer(
    Guid DeliveryOrderId,
    string State,
    string? PartnerDeliveryNumber,
    string? Reason,
    IReadOnlyList<PartnerEvent> Events
);

/// <summary>Some of the deliveries, in the order of their bookings.</summary>
/// <param name="Next">The cursor of those that follow; null when there are none.</param>
internal sealed record DeliveryPage(IReadOnlyList<DeliveryAnswer> Items, string? Next);

/// <summary>What happened to a delivery, as the webhook tells it. The partner's number appears with the pickup.</summary>
internal sealed record PartnerEvent(
    string EventId,
    string Type,
    Guid DeliveryOrderId,
    string? PartnerDeliveryNumber,
    string? Reason,
    string? Note,
    DateTimeOffset OccurredAt
);

/// <summary>The types of <see cref="PartnerEvent"/>.</summary>
internal static class PartnerEventTypes
{
    public const string PickedUp = "PICKED_UP";
    public const string Delivered = "DELIVERED";
    public const string Failed = "FAILED";
}
