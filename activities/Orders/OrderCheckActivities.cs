using TemporalDelivery.Database.Catalogue;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Activities;

namespace TemporalDelivery.Activities.Orders;

/// <inheritdoc cref="IOrderCheckActivities"/>
public sealed class OrderCheckActivities(CatalogueReader catalogue) : IOrderCheckActivities
{
    /// <inheritdoc/>
    [Activity]
    public async Task<OrderVerdict> CheckOrderAsync(OrderCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        var facts = await catalogue.ReadFactsAsync(
            check.CustomerId,
            check.Lines.Select(line => line.Sku),
            ActivityExecutionContext.Current.CancellationToken
        );
        var draft = new OrderDraft(
            check.CustomerId,
            [.. check.Lines.Select(line => new DraftLine(line.Sku, line.Quantity))],
            check.DeliveryAddress,
            check.PaymentToken
        );
        return new OrderVerdict(OrderRules.Faults(draft, facts));
    }
}
