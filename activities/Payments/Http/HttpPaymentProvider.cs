using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Refit;
using TemporalDelivery.Activities.Failures;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Activities.Payments.Http;

/// <summary>The payment provider over HTTP: its statuses become our outcomes.</summary>
internal sealed class HttpPaymentProvider(IPaymentApi api) : IPaymentProvider
{
    internal const string Provider = "payment provider";
    private const int PageSize = 200;
    private const int MaxReason = 1_000;

    /// <inheritdoc/>
    public async Task<ProviderCharge> ChargeAsync(
        OrderAttempt attempt,
        long amountCents,
        string paymentToken,
        string idempotencyKey,
        CancellationToken cancellationToken
    )
    {
        var charge = new ChargeBody(attempt.OrderId, attempt.Attempt, amountCents, "EUR", paymentToken);
        return Read(await ProviderCall.SendAsync(Provider, () => api.ChargeAsync(charge, idempotencyKey, cancellationToken)));
    }

    /// <inheritdoc/>
    public async Task<ProviderCharge?> FindAsync(OrderAttempt attempt, CancellationToken cancellationToken)
    {
        var found = await ProviderCall.SendAsync(Provider, () => api.FindAsync(attempt.OrderId, attempt.Attempt, cancellationToken));
        return found.Count == 0 ? null : Read(found[0]);
    }

    /// <inheritdoc/>
    public async Task<ProviderCharge?> FindAsync(string paymentId, CancellationToken cancellationToken)
    {
        try
        {
            return Read(
                await ProviderCall.SendAsync(
                    Provider,
                    () => api.FindAsync(paymentId, cancellationToken),
                    status => status == HttpStatusCode.NotFound
                )
            );
        }
        catch (ApiException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<ChargePage> ListAsync(DateTimeOffset from, DateTimeOffset to, string? cursor, CancellationToken cancellationToken)
    {
        var page = await ProviderCall.SendAsync(Provider, () =>
            api.ListAsync(ProviderCall.Time(from), ProviderCall.Time(to), cursor, PageSize, cancellationToken)
        );
        return page is { Items: { } items } && (page.Next is null || page.Next != cursor)
            ? new ChargePage([.. items.Select(ReadListed)], page.Next)
            : throw ProviderCall.Malformed(Provider, "a page of its list has no items, or is followed by itself");
    }

    /// <inheritdoc/>
    public Task RefundAsync(string paymentId, string idempotencyKey, CancellationToken cancellationToken) =>
        ProviderCall.SendAsync(Provider, () => api.RefundAsync(paymentId, idempotencyKey, cancellationToken));

    private static ListedCharge ReadListed(ChargeAnswer? answer) =>
        answer is { OrderId: { } order, Attempt: { } attempt, AmountCents: not null }
            ? new ListedCharge(new OrderAttempt(order, attempt), Read(answer))
            : throw ProviderCall.Malformed(Provider, $"payment '{answer?.PaymentId}' of its list has no order, attempt or amount");

    private static ProviderCharge Read(ChargeAnswer? answer)
    {
        ChargeOutcome? outcome = answer?.Status switch
        {
            "settled" => ChargeOutcome.Settled,
            "pending" => ChargeOutcome.Pending,
            "declined" or "refunded" => ChargeOutcome.Declined,
            _ => null,
        };
        return answer is { PaymentId.Length: > 0 } && outcome is { } known
            ? new ProviderCharge(
                answer.PaymentId,
                known,
                ForeignText.Cut(answer.Reason, MaxReason),
                answer.Status == "refunded",
                answer.AmountCents
            )
            : throw ProviderCall.Malformed(
                Provider,
                $"it says '{answer?.Status}' of payment '{answer?.PaymentId}', which is none of settled, declined, pending, refunded"
            );
    }
}

/// <summary>Registers the payment provider over HTTP.</summary>
public static class HttpPaymentProviderSetup
{
    /// <summary>The provider at this address; how it is called is <see cref="ProviderClientSetup"/>'s.</summary>
    public static IServiceCollection AddHttpPaymentProvider(this IServiceCollection services, Uri address)
    {
        services.AddProvider<IPaymentApi>(HttpPaymentProvider.Provider, address);
        return services.AddTransient<IPaymentProvider, HttpPaymentProvider>();
    }
}
