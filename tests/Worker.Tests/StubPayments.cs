using System.Collections.Concurrent;
using TemporalDelivery.Activities.Payments;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Worker.Tests;

/// <summary>A payment provider whose charges are what a test says, and which notes its refunds.</summary>
internal sealed class StubPayments : IPaymentProvider
{
    /// <summary>How each charge stands; a charge that is not here is unknown to the provider.</summary>
    public ConcurrentDictionary<string, ChargeOutcome> Charges { get; } = new(StringComparer.Ordinal);

    /// <summary>The charges that were refunded before.</summary>
    public HashSet<string> Refunded { get; } = new(StringComparer.Ordinal);

    /// <summary>Of each refund the charge and the key.</summary>
    public ConcurrentQueue<(string PaymentId, string Key)> Refunds { get; } = [];

    /// <summary>What it says to a refund; null when it makes it.</summary>
    public Exception? RefusesRefunds { get; set; }

    public Task<ProviderCharge> ChargeAsync(
        OrderAttempt attempt,
        long amountCents,
        string paymentToken,
        string idempotencyKey,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException("nothing is charged here");

    public Task<ProviderCharge?> FindAsync(OrderAttempt attempt, CancellationToken cancellationToken) =>
        throw new NotSupportedException("charges are asked for by their ids here");

    public Task<ProviderCharge?> FindAsync(string paymentId, CancellationToken cancellationToken) =>
        Task.FromResult(
            Charges.TryGetValue(paymentId, out var outcome)
                ? new ProviderCharge(paymentId, outcome, null, Refunded.Contains(paymentId))
                : null
        );

    public Task<ChargePage> ListAsync(DateTimeOffset from, DateTimeOffset to, string? cursor, CancellationToken cancellationToken) =>
        throw new NotSupportedException("nothing is listed here");

    public Task RefundAsync(string paymentId, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (RefusesRefunds is { } refusal)
        {
            throw refusal;
        }

        Refunds.Enqueue((paymentId, idempotencyKey));
        Charges[paymentId] = ChargeOutcome.Declined;
        return Task.CompletedTask;
    }
}
