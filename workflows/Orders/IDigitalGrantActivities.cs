using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>
/// The e-books that customers own. Task queue <see cref="TaskQueues.Orders"/>; called as <see cref="Effects.EffectRunner"/> says.
/// </summary>
public interface IDigitalGrantActivities
{
    /// <summary>
    /// Gives the customer the digital lines, once per order and attempt. After a revocation nothing is granted, so a late call does no
    /// harm.
    /// </summary>
    [Activity]
    public Task GrantDigitalItemsAsync(DigitalGrant grant);

    /// <summary>Takes the digital lines of this order and attempt back, and refuses any later grant of them.</summary>
    [Activity]
    public Task RevokeDigitalItemsAsync(OrderAttempt attempt);
}

/// <summary>Digital lines for a customer.</summary>
public sealed record DigitalGrant(Guid OrderId, int Attempt, Guid CustomerId, IReadOnlyList<OrderLine> Lines);
