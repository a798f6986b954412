using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Activities.Partner;

/// <summary>
/// The delivery partner, in our words. An implementation is a folder beside this file and one line of registration. What must not be tried
/// again is an <c>ApplicationFailureException</c> that says so; after any other exception Temporal tries again, with the same idempotency
/// key.
/// </summary>
public interface IDeliveryPartner
{
    /// <summary>
    /// Books the parcel's pickup, once per idempotency key; the same key again gets the first answer. A refusal is an answer.
    /// </summary>
    public Task<BookingResult> BookAsync(Parcel parcel, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>
    /// All that happened to the parcel so far, by the ids that the partner's webhooks bear; null when the partner does not know the parcel.
    /// </summary>
    public Task<IReadOnlyList<PartnerEvent>?> FindEventsAsync(Guid deliveryOrderId, CancellationToken cancellationToken);

    /// <summary>
    /// Cancels the booking; refused once the parcel was picked up. Again is the same as once, and an unknown booking counts as cancelled.
    /// </summary>
    public Task<BookingCancellation> CancelAsync(Guid deliveryOrderId, CancellationToken cancellationToken);
}
