using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Workflows.Deliveries;
using Temporalio.Activities;
using Temporalio.Exceptions;

namespace TemporalDelivery.Activities.Partner;

/// <inheritdoc cref="IPartnerActivities"/>
/// <remarks>The booking's idempotency key is the delivery order's id.</remarks>
public sealed class PartnerActivities(DeliveryStore deliveries, ReceiptPins pins, IDeliveryPartner partner) : IPartnerActivities
{
    private static CancellationToken Cancellation => ActivityExecutionContext.Current.CancellationToken;

    /// <inheritdoc/>
    [Activity]
    public async Task<BookingResult> BookDeliveryAsync(DeliveryOrderKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var standing = await deliveries.FindMovedAsync(key.DeliveryOrderId, Cancellation);
        var booking = new BookingResult(true, Reason: null, standing);
        if (standing is null)
        {
            var parcel = await deliveries.ReadParcelAsync(key.DeliveryOrderId, Cancellation);
            booking = await partner.BookAsync(parcel, key.DeliveryOrderId.ToString(), Cancellation);
        }

        return await deliveries.MarkBookedAsync(key.DeliveryOrderId, Cancellation) ? await TakeBackAsync(key, booking) : booking;
    }

    // Whoever gives a delivery up says so in our tables before asking the partner. So either that one finds the booking, or we find that.
    private async Task<BookingResult> TakeBackAsync(DeliveryOrderKey key, BookingResult booking)
    {
        await partner.CancelAsync(key.DeliveryOrderId, Cancellation);
        return booking.Standing is not null ? booking
            : await deliveries.FindMovedAsync(key.DeliveryOrderId, Cancellation) is { } standing ? booking with { Standing = standing }
            : throw new ApplicationFailureException(
                $"the order of delivery {key.DeliveryOrderId} is being undone: nothing is booked",
                errorType: "BEING_UNDONE"
            );
    }

    /// <inheritdoc/>
    [Activity]
    public async Task<PartnerReport> AskPartnerAsync(DeliveryOrderKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var told = await partner.FindEventsAsync(key.DeliveryOrderId, Cancellation);
        var events = new List<PartnerEvent>();
        foreach (var (partnerEvent, pin) in told ?? [])
        {
            events.Add(await pins.ProveAsync(key.DeliveryOrderId, partnerEvent, pin, Cancellation));
        }

        return new PartnerReport(told is not null, events);
    }

    /// <inheritdoc/>
    [Activity]
    public Task<BookingCancellation> CancelBookingAsync(DeliveryOrderKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return partner.CancelAsync(key.DeliveryOrderId, Cancellation);
    }
}
