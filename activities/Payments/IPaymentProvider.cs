using Refit;

namespace TemporalDelivery.Activities.Payments;

/// <summary>A charge, for the provider.</summary>
public sealed record ProviderCharge(Guid OrderId, int Attempt, long AmountCents, string Currency, string PaymentToken);

/// <summary>The provider's answer: <c>settled</c>, <c>declined</c>, <c>pending</c> or, when asked later, <c>refunded</c>.</summary>
public sealed record ProviderPayment(string PaymentId, string Status, string? Reason);

/// <summary>The payment provider's HTTP interface. To use another provider, implement this folder anew.</summary>
public interface IPaymentProvider
{
    /// <summary>Charges once per idempotency key; the same key again gets the first answer.</summary>
    [Post("/charges")]
    Task<ProviderPayment> ChargeAsync([Body] ProviderCharge charge, [Header("Idempotency-Key")] string key, CancellationToken cancellationToken);

    /// <summary>How a charge stands now.</summary>
    [Get("/charges/{paymentId}")]
    Task<ProviderPayment> FindAsync(string paymentId, CancellationToken cancellationToken);

    /// <summary>Gives the money back, or withdraws a charge that is pending; once per idempotency key.</summary>
    [Post("/charges/{paymentId}/refund")]
    Task<ProviderPayment> RefundAsync(string paymentId, [Header("Idempotency-Key")] string key, CancellationToken cancellationToken);
}
