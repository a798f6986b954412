using TemporalDelivery.Workflows.Reconciliation;
using Temporalio.Activities;

namespace TemporalDelivery.Activities.Reconciliation;

/// <summary>Compares our delivery orders with the delivery partner's bookings.</summary>
public sealed class ParcelReconciliation
{
    /// <inheritdoc cref="IBookActivities.ReconcileParcelsAsync"/>
    [Activity]
    public Task<Reconciled> ReconcileParcelsAsync(ReconciledSlice slice) => Task.FromResult(new Reconciled(0, 0, 0));
}
