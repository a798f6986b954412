namespace TemporalDelivery.Workflows.Orders;

/// <summary>One attempt of one order: the idempotency key of its effects. As text <c>{orderId}/{attempt}</c>.</summary>
public sealed record OrderAttempt(Guid OrderId, int Attempt)
{
    /// <inheritdoc/>
    public override string ToString() => $"{OrderId}/{Attempt}";
}
