using TemporalDelivery.Activities.Failures;
using TemporalDelivery.Database.Catalogue;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Activities;

namespace TemporalDelivery.Activities.Orders;

/// <inheritdoc cref="IOrderActivities"/>
public sealed class OrderActivities(CatalogueReader catalogue, OrderTransitions transitions, DigitalGrantStore grants) : IOrderActivities
{
    static CancellationToken Cancelled => ActivityExecutionContext.Current.CancellationToken;

    /// <inheritdoc/>
    [Activity]
    public async Task<OrderVerdict> CheckOrderAsync(OrderCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        var facts = await catalogue.ReadFactsAsync(check.CustomerId, check.Lines.Select(line => line.Sku), Cancelled);
        var draft = new OrderDraft(
            check.CustomerId,
            [.. check.Lines.Select(line => new DraftLine(line.Sku, line.Quantity))],
            check.DeliveryAddress,
            check.PaymentToken);
        return new OrderVerdict(OrderRules.Faults(draft, facts));
    }

    /// <inheritdoc/>
    [Activity]
    public Task RecordOrderTransitionAsync(OrderTransition transition) =>
        Bugs.NotRetriedAsync(() => transitions.RecordAsync(transition, Cancelled));

    /// <inheritdoc/>
    [Activity]
    public Task GrantDigitalItemsAsync(DigitalGrant grant) => grants.GrantAsync(grant, Cancelled);

    /// <inheritdoc/>
    [Activity]
    public Task RevokeDigitalItemsAsync(OrderAttempt attempt) => grants.RevokeAsync(attempt, Cancelled);
}
