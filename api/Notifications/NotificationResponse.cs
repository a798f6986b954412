using TemporalDelivery.Api.Actors;
using TemporalDelivery.Database.Mails;
using TemporalDelivery.Workflows;

namespace TemporalDelivery.Api.Notifications;

/// <summary>A mail to a customer.</summary>
/// <param name="NotificationId">Its id.</param>
/// <param name="CustomerId">Who gets it.</param>
/// <param name="Kind">What it tells.</param>
/// <param name="OrderId">The order that it is about.</param>
/// <param name="DeliveryOrderId">The delivery order; null when it is about none.</param>
/// <param name="State">What has become of it.</param>
/// <param name="RecordedAt">Since when it is to be sent.</param>
/// <param name="SentAt">When the mail server took it; null when it has not.</param>
/// <param name="Tries">How often it was tried to send it.</param>
/// <param name="NextTryAt">When it is tried next; null when it is not.</param>
/// <param name="LastError">Why the last try that failed did; customers see it of a mail that bounced only.</param>
public sealed record NotificationResponse(
    Guid NotificationId,
    Guid CustomerId,
    MailKind Kind,
    Guid OrderId,
    Guid? DeliveryOrderId,
    MailState State,
    DateTime RecordedAt,
    DateTime? SentAt,
    int Tries,
    DateTime? NextTryAt,
    string? LastError
)
{
    // What our own mail server says of itself is no customer's business.
    internal static NotificationResponse Of(StoredMail mail, Caller caller)
    {
        var state = WireNames.Parse<MailState>(mail.State);
        return new(
            mail.MailId,
            mail.CustomerId,
            WireNames.Parse<MailKind>(mail.Kind),
            mail.OrderId,
            mail.DeliveryOrderId,
            state,
            mail.RecordedAt,
            state == MailState.Sent ? mail.SettledAt : null,
            mail.Tries,
            mail.NextTryAt,
            caller.IsOperator || state == MailState.Bounced ? mail.LastError : null
        );
    }
}
