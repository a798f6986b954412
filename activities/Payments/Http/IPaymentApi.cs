using Refit;

namespace TemporalDelivery.Activities.Payments.Http;

/// <summary>The provider's HTTP interface, in its words.</summary>
internal interface IPaymentApi
{
    /// <summary>Charges once per idempotency key; the same key again gets the first answer.</summary>
    [Post("/charges")]
    public Task<ChargeAnswer> ChargeAsync(
        [Body] ChargeBody charge,
        [Header("Idempotency-Key")] string key,
        CancellationToken cancellationToken
    );

    /// <summary>How the charge for one attempt at an order stands now: a list of one, or of none.</summary>
    [Get("/charges")]
    public Task<IReadOnlyList<ChargeAnswer>> FindAsync([Query] Guid orderId, [Query] int attempt, CancellationToken cancellationToken);

    /// <summary>How a charge stands now; 404 when there is none.</summary>
    [Get("/charges/{paymentId}")]
    public Task<ChargeAnswer> FindAsync(string paymentId, CancellationToken cancellationToken);

    /// <summary>The charges of a time, oldest first.</summary>
    [Get("/charges")]
    public Task<ChargeListAnswer> ListAsync(
        [Query] string from,
        [Query] string to,
        [Query] string? cursor,
        [Query] int limit,
        CancellationToken cancellationToken
    );

    /// <summary>Gives the money back, or withdraws a charge that is pending; once per idempotency key.</summary>
    [Post("/charges/{paymentId}/refund")]
    public Task<ChargeAnswer> RefundAsync(string paymentId, [Header("Idempotency-Key")] string key, CancellationToken cancellationToken);
}

/// <summary>What to charge.</summary>
internal sealed record ChargeBody(Guid OrderId, int Attempt, long AmountCents, string Currency, string PaymentToken);

/// <summary>The provider's answer: <c>settled</c>, <c>declined</c>, <c>pending</c> or, when asked later, <c>refunded</c>.</summary>
internal sealed record ChargeAnswer(string? PaymentId, string? Status, string? Reason, Guid? OrderId, int? Attempt, long? AmountCents);

/// <summary>A page of charges, and where the next begins.</summary>
internal sealed record ChargeListAnswer(IReadOnlyList<ChargeAnswer?>? Items, string? Next);
