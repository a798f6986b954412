namespace TemporalDelivery.Database.Mails;

/// <summary>A mail that is to be sent now, with what it tells as the tables stand.</summary>
/// <param name="MailId">Its id.</param>
/// <param name="EventId">The event that it tells of.</param>
/// <param name="Kind">What it tells.</param>
/// <param name="Language"><c>de</c> or <c>en</c>.</param>
/// <param name="Facts">What the event says.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Tries">How often sending it has failed.</param>
/// <param name="Name">The customer's name.</param>
/// <param name="Address">The customer's address.</param>
/// <param name="HasBounced">Whether that address has refused a mail for good.</param>
/// <param name="OrderId">The order that it is about.</param>
/// <param name="TotalCents">The order's total, before any discount.</param>
/// <param name="Lines">The order's lines.</param>
/// <param name="Payment">What has become of the payment of the attempt that has ended; null when there was none.</param>
/// <param name="Delivery">The delivery order that it is about; null when it is about none.</param>
public sealed record DueMail(
    Guid MailId,
    Guid EventId,
    MailKind Kind,
    string Language,
    MailFacts Facts,
    DateTimeOffset RecordedAt,
    int Tries,
    string Name,
    string Address,
    bool HasBounced,
    Guid OrderId,
    long TotalCents,
    IReadOnlyList<MailLine> Lines,
    MailPayment? Payment,
    MailDelivery? Delivery
);

/// <summary>A line of the order.</summary>
/// <param name="Name">The article.</param>
/// <param name="Quantity">How many.</param>
/// <param name="UnitPriceCents">EUR cents each.</param>
public sealed record MailLine(string Name, int Quantity, long UnitPriceCents);

/// <summary>A payment.</summary>
/// <param name="Status">PENDING, SETTLED, DECLINED, REFUNDED or VOIDED.</param>
/// <param name="AmountCents">EUR cents.</param>
public sealed record MailPayment(string Status, long AmountCents);

/// <summary>A delivery order.</summary>
/// <param name="DeliveryOrderId">Its id.</param>
/// <param name="State">Where it stands.</param>
/// <param name="WaitsUntil">When this state ends by itself; null: it does not.</param>
/// <param name="TrackingNumber">The partner's number; null while it is unknown.</param>
public sealed record MailDelivery(Guid DeliveryOrderId, string State, DateTimeOffset? WaitsUntil, string? TrackingNumber);
