using System.Text.Json.Serialization;

namespace TemporalDelivery.Simulators.Payments;

/// <summary>A line of the payment provider's ledger.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Charged), "charged")]
[JsonDerivedType(typeof(Decided), "decided")]
[JsonDerivedType(typeof(Acknowledged), "acknowledged")]
[JsonDerivedType(typeof(Refunded), "refunded")]
internal abstract record PaymentEntry(DateTimeOffset At, string PaymentId)
{
    /// <summary>
    /// A charge was answered. The same order under another idempotency key is a second line and a second charge,
    /// so that the ledger convicts whoever charges twice.
    /// </summary>
    /// <param name="Request">Digest of the request, to tell a repetition from another request.</param>
    /// <param name="Ends">How a pending charge is going to end; null for one that is not pending, or never ends.</param>
    internal sealed record Charged(
        DateTimeOffset At,
        string PaymentId,
        string IdempotencyKey,
        string Request,
        Guid OrderId,
        int Attempt,
        long AmountCents,
        string Currency,
        string Status,
        string? Reason,
        string? Ends
    ) : PaymentEntry(At, PaymentId);

    /// <summary>A pending charge was settled or declined.</summary>
    /// <param name="Unsent">Whether its webhook is lost on purpose.</param>
    internal sealed record Decided(DateTimeOffset At, string PaymentId, string Status, PaymentEvent Event, bool Unsent)
        : PaymentEntry(At, PaymentId);

    /// <summary>The receiver answered an event with 2xx.</summary>
    internal sealed record Acknowledged(DateTimeOffset At, string PaymentId, string EventId) : PaymentEntry(At, PaymentId);

    /// <summary>The money went back (or was never taken, for a pending charge).</summary>
    internal sealed record Refunded(DateTimeOffset At, string PaymentId, string IdempotencyKey, Guid OrderId, long AmountCents)
        : PaymentEntry(At, PaymentId);
}
