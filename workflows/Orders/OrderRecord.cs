using TemporalDelivery.Workflows.Effects;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>The order's status: changed here first, then in the database with its audit row.</summary>
internal sealed class OrderRecord(OrderAttempt attempt, EffectRunner effects)
{
    private int sequence;

    public OrderStatus Status { get; private set; } = OrderStatus.Pending;

    public Task EnterAsync(OrderStatus to, string cause, string? reason = null, Actor? actor = null, string? failureType = null)
    {
        var transition = new OrderTransition(
            attempt.OrderId,
            attempt.Attempt,
            Status,
            to,
            cause,
            reason,
            actor ?? Actor.System,
            Workflow.Info.RunId,
            ++sequence,
            failureType
        );
        Status = to;
        return effects.RunAsync(
            (IOrderTransitionActivities orders) => orders.RecordOrderTransitionAsync(transition),
            $"record {to.WireName()}"
        );
    }
}
