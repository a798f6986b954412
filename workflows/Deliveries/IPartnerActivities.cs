using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>
/// The delivery partner's API. Task queue <see cref="TaskQueues.Deliveries"/>; called as <see cref="Effects.EffectRunner"/> says.
/// </summary>
public interface IPartnerActivities
{
    /// <summary>
    /// Books the pickup of what the delivery order's rows say, keyed by its id: a retry never books twice. One that has moved is not booked
    /// again, and one whose order is being undone not at all: what an earlier try has booked of it is cancelled, and an operator is told
    /// when the courier was faster. Refusal is an answer; 5xx and time-outs are exceptions.
    /// </summary>
    [Activity]
    public Task<BookingResult> BookDeliveryAsync(DeliveryOrderKey key);

    /// <summary>Asks the partner what it knows, with all its events so far (with the ids that its webhooks bear).</summary>
    [Activity]
    public Task<PartnerReport> AskPartnerAsync(DeliveryOrderKey key);

    /// <summary>Cancels the booking; idempotent. Unknown to the partner counts as cancelled.</summary>
    [Activity]
    public Task<BookingCancellation> CancelBookingAsync(DeliveryOrderKey key);
}

/// <summary>One delivery order.</summary>
public sealed record DeliveryOrderKey(Guid DeliveryOrderId);

/// <summary>Whether the partner takes it, and if not, why.</summary>
/// <param name="Accepted">Whether it does.</param>
/// <param name="Reason">Why not.</param>
/// <param name="Standing">Where the delivery stands, when it has moved; null when it is new.</param>
/// <param name="IsGivenUp">The order is being undone: nothing is booked any more, and nothing will be.</param>
public sealed record BookingResult(bool Accepted, string? Reason, DeliveryStanding? Standing = null, bool IsGivenUp = false);

/// <summary>What the partner knows of a delivery order: nothing when not <paramref name="Known"/>.</summary>
public sealed record PartnerReport(bool Known, IReadOnlyList<PartnerEvent> Events);

/// <summary>Whether the partner will not come; if it will (it has picked up), why.</summary>
public sealed record BookingCancellation(bool Cancelled, string? Reason);
