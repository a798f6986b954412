using System.Net;
using Refit;
using TemporalDelivery.Activities.Failures;
using TemporalDelivery.Workflows.Deliveries;
using Temporalio.Activities;

namespace TemporalDelivery.Activities.Partner;

/// <inheritdoc cref="IPartnerActivities"/>
public sealed class PartnerActivities(IDeliveryPartner partner) : IPartnerActivities
{
    const string Whom = "delivery partner";

    static CancellationToken Cancelled => ActivityExecutionContext.Current.CancellationToken;

    /// <inheritdoc/>
    [Activity]
    public async Task<BookingResult> BookDeliveryAsync(DeliveryBooking booking)
    {
        ArgumentNullException.ThrowIfNull(booking);
        var request = new PartnerBooking(
            booking.DeliveryOrderId,
            booking.OrderId,
            booking.Attempt,
            booking.Address,
            [.. booking.Lines.Select(line => new PartnerBookingLine(line.Sku, line.Quantity))]);
        var answer = await ProviderCall.ToAsync(Whom, () => partner.BookAsync(request, booking.DeliveryOrderId.ToString(), Cancelled));
        return new BookingResult(answer.Accepted, answer.Reason);
    }

    /// <inheritdoc/>
    [Activity]
    public async Task<PartnerReport> AskPartnerAsync(DeliveryOrderKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        try
        {
            var delivery = await ProviderCall.ToAsync(Whom, () => partner.FindAsync(key.DeliveryOrderId, Cancelled));
            return new PartnerReport(true, delivery.Events ?? []);
        }
        catch (ApiException answer) when (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return new PartnerReport(false, []);
        }
    }

    /// <inheritdoc/>
    [Activity]
    public async Task<BookingCancellation> CancelBookingAsync(DeliveryOrderKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        try
        {
            await ProviderCall.ToAsync(Whom, () => partner.CancelAsync(key.DeliveryOrderId, Cancelled));
            return new BookingCancellation(true, null);
        }
        catch (ApiException answer) when (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return new BookingCancellation(true, null);
        }
        catch (ApiException answer) when (answer.StatusCode == HttpStatusCode.Conflict)
        {
            return new BookingCancellation(false, ProviderCall.Explain(answer) is { Length: > 0 } reason ? reason : "The partner has picked it up.");
        }
    }
}
