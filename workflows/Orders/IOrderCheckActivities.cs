using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>The rules, once more. Task queue <see cref="TaskQueues.Orders"/>; called as <see cref="Effects.EffectRunner"/> says.</summary>
public interface IOrderCheckActivities
{
    /// <summary>
    /// Applies <see cref="OrderRules.Faults"/> to what the catalogue and the customer's record say now. Reads only. It is an activity so
    /// that a change of the rules never changes what a running workflow has already seen.
    /// </summary>
    [Activity]
    public Task<OrderVerdict> CheckOrderAsync(OrderCheck check);
}

/// <summary>The order to check again.</summary>
public sealed record OrderCheck(
    Guid OrderId,
    Guid CustomerId,
    IReadOnlyList<OrderLine> Lines,
    Address? DeliveryAddress,
    string PaymentToken
);

/// <summary>The faults that were found; none is good.</summary>
public sealed record OrderVerdict(IReadOnlyList<OrderFault> Faults);
