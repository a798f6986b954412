using System.Globalization;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Activities.Reconciliation;

/// <summary>A charge that is compared.</summary>
/// <param name="Attempt">What was charged for.</param>
/// <param name="PaymentId">The provider's id of it; empty when our book does not know it.</param>
internal sealed record ChargeKey(OrderAttempt Attempt, string PaymentId)
{
    /// <summary>What the keys of all tasks about charges look like, to SQL.</summary>
    public const string TaskPattern = "order-%/books/charge/%";

    private const int Parts = 6;

    /// <summary>The key of the task about a difference.</summary>
    public string TaskKey(ChargeDifference difference) =>
        $"{WorkflowIds.Order(Attempt.OrderId)}/books/charge/{Attempt.Attempt}/{difference}/{PaymentId}";

    /// <summary>The charge that a task is about.</summary>
    public static ChargeKey OfTask(string taskKey)
    {
        var parts = taskKey.Split('/', Parts);
        var orderId = Guid.Parse(parts[0].AsSpan(WorkflowIds.Order(Guid.Empty).Length - Guid.Empty.ToString().Length));
        return new ChargeKey(new OrderAttempt(orderId, int.Parse(parts[3], CultureInfo.InvariantCulture)), parts[5]);
    }
}
