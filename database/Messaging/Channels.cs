namespace TemporalDelivery.Database.Messaging;

/// <summary>
/// The NOTIFY channels. A notification is a wake-up, never the message: whoever listens also looks by itself now and then, because one sent
/// while nobody listens is gone.
/// </summary>
public static class Channels
{
    /// <summary>An order was accepted (payload: none); its workflow waits to be started.</summary>
    public const string OrderAccepted = "order_accepted";

    /// <summary>An audit row was committed (payload: none); the read model is behind.</summary>
    public const string Audited = "audited";

    /// <summary>A row of the order view changed (payload: the order id): for caches.</summary>
    public const string OrderViewChanged = "order_view_changed";

    /// <summary>A row of the delivery view changed (payload: the delivery order id): for caches.</summary>
    public const string DeliveryViewChanged = "delivery_view_changed";

    /// <summary>An event of the delivery partner was stored (payload: none).</summary>
    public const string PartnerEventStored = "partner_event_stored";

    /// <summary>An event of the payment provider was stored (payload: none).</summary>
    public const string PaymentEventStored = "payment_event_stored";

    /// <summary>An event for others was recorded (payload: none).</summary>
    public const string OutboxFilled = "outbox_filled";

    /// <summary>Events for others got their positions. Within a process only: readers of the outbox elsewhere look by themselves.</summary>
    public const string OutboxPublished = "outbox_published";

    /// <summary>A mail was recorded. Within a process only: senders elsewhere look by themselves.</summary>
    public const string MailRecorded = "mail_recorded";
}
