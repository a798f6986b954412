using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Activities.Payments;

/// <summary>
/// The payment provider, in our words. An implementation is a folder beside this file and one line of registration. What must not be tried
/// again is an <c>ApplicationFailureException</c> that says so; after any other exception Temporal tries again, with the same idempotency
/// key.
/// </summary>
public interface IPaymentProvider
{
    /// <summary>
    /// Charges EUR cents, once per idempotency key. The same key again gets the first answer, which may be older than how the charge stands
    /// now.
    /// </summary>
    public Task<ProviderCharge> ChargeAsync(
        OrderAttempt attempt,
        long amountCents,
        string paymentToken,
        string idempotencyKey,
        CancellationToken cancellationToken
    );

    /// <summary>How the charge of this order's attempt stands now; null when there never was one.</summary>
    public Task<ProviderCharge?> FindAsync(OrderAttempt attempt, CancellationToken cancellationToken);

    /// <summary>How the charge of this id stands now; null when there is none.</summary>
    public Task<ProviderCharge?> FindAsync(string paymentId, CancellationToken cancellationToken);

    /// <summary>The charges that were made from one time on and before another, oldest first, a page at a time.</summary>
    /// <param name="from">The first time.</param>
    /// <param name="to">The time after the last.</param>
    /// <param name="cursor">Where the page begins, as the page before says; null for the first.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<ChargePage> ListAsync(DateTimeOffset from, DateTimeOffset to, string? cursor, CancellationToken cancellationToken);

    /// <summary>Refunds a settled charge or voids a pending one, once per idempotency key.</summary>
    public Task RefundAsync(string paymentId, string idempotencyKey, CancellationToken cancellationToken);
}

/// <summary>A charge, as the provider sees it.</summary>
/// <param name="PaymentId">The provider's id of it.</param>
/// <param name="Outcome">Settled, declined or pending; of one that was refunded: declined.</param>
/// <param name="Reason">Why it was declined.</param>
/// <param name="Refunded">The money was given back.</param>
/// <param name="AmountCents">EUR cents; null when the provider does not say.</param>
public sealed record ProviderCharge(
    string PaymentId,
    ChargeOutcome Outcome,
    string? Reason,
    bool Refunded = false,
    long? AmountCents = null
);

/// <summary>A charge in the provider's list.</summary>
/// <param name="Attempt">What was charged for.</param>
/// <param name="Charge">How it stands.</param>
public sealed record ListedCharge(OrderAttempt Attempt, ProviderCharge Charge);

/// <summary>Some of the provider's charges.</summary>
/// <param name="Charges">Oldest first.</param>
/// <param name="Next">The cursor of those that follow; null when there are none.</param>
public sealed record ChargePage(IReadOnlyList<ListedCharge> Charges, string? Next);
