using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Workflows.Deliveries;
using Temporalio.Activities;

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
        if (standing is null && await deliveries.FindParcelAsync(key.DeliveryOrderId, Cancellation) is { } parcel)
        {
            booking = await partner.BookAsync(parcel, key.DeliveryOrderId.ToString(), Cancellation);
        }

        return await deliveries.MarkBookedAsync(key.DeliveryOrderId, Cancellation) ? await TakeBackAsync(key, booking) : booking;
    }

    // Whoever gives a delivery up says so in our tables before asking the partner. So either that one finds the booking, or we find that.
    private async Task<BookingResult> TakeBackAsync(DeliveryOrderKey key, BookingResult booking)
    {
        var answer = await partner.CancelAsync(key.DeliveryOrderId, Cancellation);
        if (!answer.Cancelled)
        {
            await deliveries.TellPickedUpAsync(key.DeliveryOrderId, answer.Reason, Cancellation);
        }

        var standing = booking.Standing ?? await deliveries.FindMovedAsync(key.DeliveryOrderId, Cancellation);
        return booking with { Standing = standing, IsGivenUp = answer.Cancelled && standing is null };
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
