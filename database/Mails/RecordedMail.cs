namespace TemporalDelivery.Database.Mails;

/// <summary>An event that a customer is to be told of.</summary>
/// <param name="EventId">Its id: of one event one mail is recorded.</param>
/// <param name="Position">Its place among all events: the mails of an order are sent in this order.</param>
/// <param name="CustomerId">Who is told.</param>
/// <param name="OrderId">The order that it is about.</param>
/// <param name="DeliveryOrderId">The delivery order, where it is about one.</param>
/// <param name="Kind">What is told.</param>
/// <param name="Facts">What the event says that no table tells.</param>
public sealed record RecordedMail(
    Guid EventId,
    long Position,
    Guid CustomerId,
    Guid OrderId,
    Guid? DeliveryOrderId,
    MailKind Kind,
    MailFacts Facts
);

/// <summary>What an event says that no table tells.</summary>
/// <param name="Attempt">Which attempt of the order has ended.</param>
/// <param name="Cause">Why an order or a delivery failed: a code.</param>
/// <param name="VoucherCode">The voucher that was earned.</param>
/// <param name="AmountCents">Its amount.</param>
public sealed record MailFacts(int? Attempt = null, string? Cause = null, string? VoucherCode = null, long? AmountCents = null);
