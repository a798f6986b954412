using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Activities.Payments;

/// <summary>The refund of money that came too late, or twice, whoever notices it.</summary>
public static class LateRefund
{
    /// <summary>Its idempotency key. One for each charge, because an attempt may have been charged twice.</summary>
    public static string Key(OrderAttempt attempt, string paymentId) => $"{attempt}/late/{paymentId}";
}
