using System.Text.Json.Serialization;

namespace TemporalDelivery.Simulators.Partner;

/// <summary>A line of the partner's ledger.</summary>
/// <param name="Number">The partner's own number of the delivery that it is about.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Booked), "booked")]
[JsonDerivedType(typeof(Happened), "happened")]
[JsonDerivedType(typeof(Acknowledged), "acknowledged")]
[JsonDerivedType(typeof(Cancelled), "cancelled")]
internal abstract record PartnerEntry(DateTimeOffset At, string Number)
{
    /// <summary>
    /// A booking was answered. One line per booking that a real partner would drive for: the same delivery order under another
    /// idempotency key is a second line, so that the ledger convicts whoever books twice.
    /// </summary>
    /// <param name="Request">Digest of the request, to tell a repetition from another request.</param>
    /// <param name="Reason">Why it was refused.</param>
    /// <param name="Fails">The reason with which the delivery is going to fail; null when it will be delivered.</param>
    /// <param name="Status">The HTTP status with which it was refused; null: an answer said so.</param>
    /// <param name="Held">Whether nobody ever comes for it.</param>
    internal sealed record Booked(
        DateTimeOffset At,
        string Number,
        string IdempotencyKey,
        string Request,
        Guid DeliveryOrderId,
        Guid OrderId,
        int Attempt,
        bool Accepted,
        string? Reason,
        string? Fails,
        int? Status = null,
        bool Held = false
    ) : PartnerEntry(At, Number);

    /// <summary>Something happened to a delivery.</summary>
    /// <param name="Unsent">Whether its webhook is lost on purpose.</param>
    internal sealed record Happened(DateTimeOffset At, string Number, PartnerEvent Event, bool Unsent) : PartnerEntry(At, Number);

    /// <summary>The receiver answered an event with 2xx.</summary>
    internal sealed record Acknowledged(DateTimeOffset At, string Number, string EventId) : PartnerEntry(At, Number);

    /// <summary>A delivery was called off before its pickup.</summary>
    internal sealed record Cancelled(DateTimeOffset At, string Number) : PartnerEntry(At, Number);
}
