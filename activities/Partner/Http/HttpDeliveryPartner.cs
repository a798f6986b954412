using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Refit;
using TemporalDelivery.Activities.Failures;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Activities.Partner.Http;

/// <summary>The delivery partner over HTTP: its answers, and those of its status codes that are answers, become ours.</summary>
internal sealed class HttpDeliveryPartner(IPartnerApi api) : IDeliveryPartner
{
    internal const string Partner = "delivery partner";
    private const int TooEarly = 425;
    private const int PageSize = 100;
    private const int MaxText = 1_000;

    /// <inheritdoc/>
    public async Task<BookingResult> BookAsync(Parcel parcel, string idempotencyKey, CancellationToken cancellationToken)
    {
        var body = new BookingBody(
            parcel.DeliveryOrderId,
            parcel.OrderId,
            parcel.Attempt,
            parcel.Address,
            [.. parcel.Lines.Select(line => new BookingLine(line.Sku, line.Quantity))]
        );
        try
        {
            var answer = await ProviderCall.SendAsync(Partner, () => api.BookAsync(body, idempotencyKey, cancellationToken), IsRefusal);
            return answer is { Accepted: { } accepted }
                ? new BookingResult(accepted, ForeignText.Cut(answer.Reason, MaxText))
                : throw ProviderCall.Malformed(Partner, "it does not say whether it accepts the booking");
        }
        catch (ApiException answer)
        {
            return new BookingResult(false, $"{(int)answer.StatusCode}: {ProviderCall.Explain(answer)}".TrimEnd(' ', ':'));
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ToldEvent>?> FindEventsAsync(Guid deliveryOrderId, CancellationToken cancellationToken)
    {
        var (isKnown, delivery) = await FindAsync(deliveryOrderId, cancellationToken);
        return isKnown ? [.. (delivery?.Events ?? []).Select(Read)] : null;
    }

    /// <inheritdoc/>
    public async Task<Booking?> FindBookingAsync(Guid deliveryOrderId, CancellationToken cancellationToken)
    {
        var (isKnown, delivery) = await FindAsync(deliveryOrderId, cancellationToken);
        return isKnown ? Read(delivery) : null;
    }

    /// <inheritdoc/>
    public async Task<BookingPage> ListAsync(DateTimeOffset from, DateTimeOffset to, string? cursor, CancellationToken cancellationToken)
    {
        var page = await ProviderCall.SendAsync(Partner, () =>
            api.ListAsync(ProviderCall.Time(from), ProviderCall.Time(to), cursor, PageSize, cancellationToken)
        );
        return page is { Items: { } items } && (page.Next is null || page.Next != cursor)
            ? new BookingPage([.. items.Select(Read)], page.Next)
            : throw ProviderCall.Malformed(Partner, "a page of its list has no items, or is followed by itself");
    }

    /// <inheritdoc/>
    public async Task<BookingCancellation> CancelAsync(Guid deliveryOrderId, CancellationToken cancellationToken)
    {
        try
        {
            await ProviderCall.SendAsync(
                Partner,
                () => api.CancelAsync(deliveryOrderId, cancellationToken),
                status => status is HttpStatusCode.NotFound or HttpStatusCode.Conflict
            );
            return new BookingCancellation(true, null);
        }
        catch (ApiException answer) when (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return new BookingCancellation(true, null);
        }
        catch (ApiException answer)
        {
            var reason = ProviderCall.Explain(answer);
            return new BookingCancellation(false, reason.Length > 0 ? reason : "The partner has picked it up.");
        }
    }

    private async Task<(bool IsKnown, DeliveryAnswer? Delivery)> FindAsync(Guid deliveryOrderId, CancellationToken cancellationToken)
    {
        try
        {
            var delivery = await ProviderCall.SendAsync(
                Partner,
                () => api.FindAsync(deliveryOrderId, cancellationToken),
                status => status == HttpStatusCode.NotFound
            );
            return (true, delivery);
        }
        catch (ApiException)
        {
            return (false, null);
        }
    }

    // Any 4xx says that the partner will not take this parcel, but for those that say: later, or not with these credentials.
    private static bool IsRefusal(HttpStatusCode status) =>
        (int)status is >= 400 and < 500
        && status
            is not (
                HttpStatusCode.Unauthorized
                or HttpStatusCode.ProxyAuthenticationRequired
                or HttpStatusCode.RequestTimeout
                or HttpStatusCode.TooManyRequests
            )
        && (int)status != TooEarly;

    private static Booking Read(DeliveryAnswer? answer)
    {
        BookingState? state = answer?.State switch
        {
            "BOOKED" => BookingState.Booked,
            "REFUSED" => BookingState.Refused,
            "CANCELLED" => BookingState.Cancelled,
            "PICKED_UP" => BookingState.PickedUp,
            "DELIVERED" => BookingState.Delivered,
            "FAILED" => BookingState.Failed,
            _ => null,
        };
        return answer is { DeliveryOrderId: { } id } && state is { } known
            ? new Booking(id, known)
            : throw ProviderCall.Malformed(Partner, $"it says '{answer?.State}' of delivery '{answer?.DeliveryOrderId}'");
    }

    private static ToldEvent Read(EventAnswer? answer) =>
        answer is { EventId: { Length: > 0 } id, Type: { Length: > 0 } type, OccurredAt: { } at }
            ? new ToldEvent(
                new PartnerEvent(
                    id,
                    type,
                    ForeignText.Cut(answer.PartnerDeliveryNumber, MaxText),
                    ForeignText.Cut(answer.Reason, MaxText),
                    ForeignText.Cut(answer.Note, MaxText),
                    at
                ),
                ReceiptPin.From(answer.Pin)
            )
            : throw ProviderCall.Malformed(Partner, $"event '{answer?.EventId}' has no id, type or time");
}

/// <summary>Registers the delivery partner over HTTP.</summary>
public static class HttpDeliveryPartnerSetup
{
    /// <summary>The partner at this address; how it is called is <see cref="ProviderClientSetup"/>'s.</summary>
    public static IServiceCollection AddHttpDeliveryPartner(this IServiceCollection services, Uri address)
    {
        services.AddProvider<IPartnerApi>(HttpDeliveryPartner.Partner, address);
        return services.AddTransient<IDeliveryPartner, HttpDeliveryPartner>();
    }
}
