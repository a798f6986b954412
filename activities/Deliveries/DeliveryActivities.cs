using TemporalDelivery.Activities.Failures;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Workflows.Deliveries;
using Temporalio.Activities;

namespace TemporalDelivery.Activities.Deliveries;

/// <inheritdoc cref="IDeliveryActivities"/>
public sealed class DeliveryActivities(DeliveryStore deliveries) : IDeliveryActivities
{
    static CancellationToken Cancelled => ActivityExecutionContext.Current.CancellationToken;

    /// <inheritdoc/>
    [Activity]
    public Task<DeliveryOrderCreated> CreateDeliveryOrderAsync(NewDeliveryOrder order) => deliveries.CreateAsync(order, Cancelled);

    /// <inheritdoc/>
    [Activity]
    public Task RecordDeliveryTransitionAsync(DeliveryTransition transition) =>
        Bugs.NotRetriedAsync(() => deliveries.RecordAsync(transition, Cancelled));

    /// <inheritdoc/>
    [Activity]
    public Task RecordStaleEventAsync(StalePartnerEvent stale) => deliveries.RecordStaleAsync(stale, Cancelled);
}
