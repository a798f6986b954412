namespace TemporalDelivery.Database.Mails;

/// <summary>A mail as lists show it.</summary>
/// <param name="MailId">Its id; later mails have greater ones.</param>
/// <param name="CustomerId">Who gets it.</param>
/// <param name="Kind">What it tells (wire name).</param>
/// <param name="OrderId">The order that it is about.</param>
/// <param name="DeliveryOrderId">The delivery order, where it is about one.</param>
/// <param name="State">What has become of it (wire name).</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Tries">How often it was tried to send it.</param>
/// <param name="NextTryAt">When it is tried next, while it waits.</param>
/// <param name="LastError">Why the last try failed.</param>
/// <param name="SettledAt">When it was sent or given up; null while it waits.</param>
public sealed record StoredMail(
    Guid MailId,
    Guid CustomerId,
    string Kind,
    Guid OrderId,
    Guid? DeliveryOrderId,
    string State,
    DateTime RecordedAt,
    int Tries,
    DateTime? NextTryAt,
    string? LastError,
    DateTime? SettledAt
);
