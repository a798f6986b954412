using TemporalDelivery.Workflows.Outbox;
using Temporalio.Activities;

namespace TemporalDelivery.Activities.Outbox;

/// <inheritdoc cref="IOutboxActivities"/>
public sealed class OutboxActivities(Database.Messaging.Outbox outbox) : IOutboxActivities
{
    static CancellationToken Cancelled => ActivityExecutionContext.Current.CancellationToken;

    /// <inheritdoc/>
    [Activity]
    public Task PublishDeliveryConfirmedAsync(DeliveryConfirmed confirmed) => outbox.RecordAsync(confirmed, Cancelled);

    /// <inheritdoc/>
    [Activity]
    public Task PublishOrderCompletedAsync(OrderCompleted completed) => outbox.RecordAsync(completed, Cancelled);
}
