using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Reconciliation;

/// <summary>
/// Compares our books with those of others, a slice of time at once. What does not agree becomes an operator's task of kind BOOKS_DIFFER,
/// or is put right when it is clear who is; a task whose difference is gone is closed. Run again, a comparison opens nothing anew.
/// </summary>
public interface IBookActivities
{
    /// <summary>Our payments and the payment provider's charges. Task queue <see cref="TaskQueues.Orders"/>.</summary>
    [Activity]
    public Task<Reconciled> ReconcileChargesAsync(ReconciledSlice slice);

    /// <summary>Our delivery orders and the delivery partner's bookings. Task queue <see cref="TaskQueues.Deliveries"/>.</summary>
    [Activity]
    public Task<Reconciled> ReconcileParcelsAsync(ReconciledSlice slice);
}
