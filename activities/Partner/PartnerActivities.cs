using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Workflows.Deliveries;
using Temporalio.Activities;

namespace TemporalDelivery.Activities.Partner;

/// <inheritdoc cref="IPartnerActivities"/>
/// <remarks>The booking's idempotency key is the delivery order's id.</remarks>
public sealed class PartnerActivities(DeliveryStore deliveries, IDeliveryPartner partner) : IPartnerActivities
{
    private static CancellationToken Cancellation => ActivityExecutionContext.Current.CancellationToken;

    /// <inheritdoc/>
    [Activity]
    public async Task<BookingResult> BookDeliveryAsync(DeliveryOrderKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (await deliveries.FindMovedAsync(key.DeliveryOrderId, Cancellation) is { } standing)
        {
            return new BookingResult(true, Reason: null, standing);
        }

        var parcel = await deliveries.ReadParcelAsync(key.DeliveryOrderId, Cancellation);
        var booking = await partner.BookAsync(parcel, key.DeliveryOrderId.ToString(), Cancellation);
        await deliveries.MarkBookedAsync(key.DeliveryOrderId, Cancellation);
        return booking;
    }

    /// <inheritdoc/>
    [Activity]
    public async Task<PartnerReport> AskPartnerAsync(DeliveryOrderKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var events = await partner.FindEventsAsync(key.DeliveryOrderId, Cancellation);
        return new PartnerReport(events is not null, events ?? []);
    }

    /// <inheritdoc/>
    [Activity]
    public Task<BookingCancellation> CancelBookingAsync(DeliveryOrderKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return partner.CancelAsync(key.DeliveryOrderId, Cancellation);
    }
}
