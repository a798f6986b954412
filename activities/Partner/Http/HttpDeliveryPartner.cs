using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Refit;
using TemporalDelivery.Activities.Failures;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Activities.Partner.Http;

/// <summary>The delivery partner over HTTP: its answers, and those of its status codes that are answers, become ours.</summary>
internal sealed class HttpDeliveryPartner(IPartnerApi api) : IDeliveryPartner
{
    private const string Partner = "delivery partner";

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
        var answer = await ProviderCall.SendAsync(Partner, () => api.BookAsync(body, idempotencyKey, cancellationToken));
        return answer is { Accepted: { } accepted }
            ? new BookingResult(accepted, answer.Reason)
            : throw ProviderCall.Malformed(Partner, "it does not say whether it accepts the booking");
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PartnerEvent>?> FindEventsAsync(Guid deliveryOrderId, CancellationToken cancellationToken)
    {
        try
        {
            var delivery = await ProviderCall.SendAsync(Partner, () => api.FindAsync(deliveryOrderId, cancellationToken));
            return [.. (delivery?.Events ?? []).Select(Read)];
        }
        catch (ApiException answer) when (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<BookingCancellation> CancelAsync(Guid deliveryOrderId, CancellationToken cancellationToken)
    {
        try
        {
            await ProviderCall.SendAsync(Partner, () => api.CancelAsync(deliveryOrderId, cancellationToken));
            return new BookingCancellation(true, null);
        }
        catch (ApiException answer) when (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return new BookingCancellation(true, null);
        }
        catch (ApiException answer) when (answer.StatusCode == HttpStatusCode.Conflict)
        {
            var reason = ProviderCall.Explain(answer);
            return new BookingCancellation(false, reason.Length > 0 ? reason : "The partner has picked it up.");
        }
    }

    private static PartnerEvent Read(EventAnswer? answer) =>
        answer is { EventId: { Length: > 0 } id, Type: { Length: > 0 } type, OccurredAt: { } at }
            ? new PartnerEvent(id, type, answer.PartnerDeliveryNumber, answer.Reason, answer.Note, at)
            : throw ProviderCall.Malformed(Partner, $"event '{answer?.EventId}' has no id, type or time");
}

/// <summary>Registers the delivery partner over HTTP.</summary>
public static class HttpDeliveryPartnerSetup
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>The partner at this address; a call that takes longer than ten seconds fails and is tried again by Temporal.</summary>
    public static IServiceCollection AddHttpDeliveryPartner(this IServiceCollection services, Uri address)
    {
        services
            .AddRefitGeneratedClient<IPartnerApi>(ProviderCall.Settings)
            .ConfigureHttpClient(client =>
            {
                client.BaseAddress = address;
                client.Timeout = Timeout;
            });
        return services.AddTransient<IDeliveryPartner, HttpDeliveryPartner>();
    }
}
