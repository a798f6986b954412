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
    public Task<IReadOnlyList<ToldEvent>?> FindEventsAsync(Guid deliveryOrderId, CancellationToken cancellationToken);

    /// <summary>How the booking of a delivery order stands now; null when the partner does not know it.</summary>
    public Task<Booking?> FindBookingAsync(Guid deliveryOrderId, CancellationToken cancellationToken);

    /// <summary>The bookings that were made from one time on and before another, oldest first, a page at a time.</summary>
    /// <param name="from">The first time.</param>
    /// <param name="to">The time after the last.</param>
    /// <param name="cursor">Where the page begins, as the page before says; null for the first.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<BookingPage> ListAsync(DateTimeOffset from, DateTimeOffset to, string? cursor, CancellationToken cancellationToken);

    /// <summary>
    /// Cancels the booking; refused once the parcel was picked up. Again is the same as once, and an unknown booking counts as cancelled.
    /// </summary>
    public Task<BookingCancellation> CancelAsync(Guid deliveryOrderId, CancellationToken cancellationToken);
}

/// <summary>An event as the partner tells it.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Pin">What the recipient said the PIN is; null when nobody was asked.</param>
public sealed record ToldEvent(PartnerEvent Event, string? Pin);

/// <summary>A booking, as the partner sees it.</summary>
/// <param name="DeliveryOrderId">What is to be brought.</param>
/// <param name="State">How it stands.</param>
public sealed record Booking(Guid DeliveryOrderId, BookingState State);

/// <summary>Some of the partner's bookings.</summary>
/// <param name="Bookings">Oldest first.</param>
/// <param name="Next">The cursor of those that follow; null when there are none.</param>
public sealed record BookingPage(IReadOnlyList<Booking> Bookings, string? Next);
