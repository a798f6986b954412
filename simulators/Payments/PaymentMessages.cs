namespace TemporalDelivery.Simulators.Payments;

/// <summary>
/// Takes money for one attempt at an order. The token decides: <c>tok_ok</c>, <c>tok_declined</c>, <c>tok_declined_once</c> (an order's
/// first attempt), <c>tok_pending</c>, <c>tok_pending_declined</c>, <c>tok_pending_for_ever</c>.
/// </summary>
internal sealed record ChargeRequest(Guid OrderId, int Attempt, long AmountCents, string Currency, string PaymentToken);

/// <summary>A charge: <c>settled</c>, <c>declined</c>, <c>pending</c> or, after a refund, <c>refunded</c>.</summary>
internal sealed record ChargeAnswer(
    string PaymentId,
    string Status,
    string? Reason,
    Guid OrderId,
    int Attempt,
    long AmountCents,
    string Currency
);

/// <summary>Some of the charges, oldest first.</summary>
/// <param name="Next">The cursor of those that follow; null when there are none.</param>
internal sealed record ChargePage(IReadOnlyList<ChargeAnswer> Items, string? Next);

/// <summary>How a pending charge ended, as the webhook tells it: <c>payment.settled</c> or <c>payment.declined</c>.</summary>
internal sealed record PaymentEvent(
    string EventId,
    string Type,
    string PaymentId,
    Guid OrderId,
    int Attempt,
    string? Reason,
    DateTimeOffset OccurredAt
);

/// <summary>What <see cref="ChargeAnswer.Status"/> can be.</summary>
internal static class ChargeStatus
{
    public const string Settled = "settled";
    public const string Declined = "declined";
    public const string Pending = "pending";
    public const string Refunded = "refunded";
}
