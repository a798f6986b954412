using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Reconciliation;

/// <summary>
/// Compares what our tables say with the workflows that tell their stories, and the read model with the tables. Task queue
/// <see cref="TaskQueues.Orders"/>. Run again, a comparison opens nothing anew.
/// </summary>
public interface IReconciliationActivities
{
    /// <summary>
    /// Orders that are not over, and are past the relay: whether a run is open that goes on with each. One without becomes an operator's
    /// task of kind STORY_LOST, which is closed when there is one again. An order that waits for a delivery that is over, or whose
    /// workflow is gone, is told.
    /// </summary>
    [Activity]
    public Task<ReconciledPage> ReconcileStoriesAsync(ReconciledPlace place);

    /// <summary>Writes the read model's rows of the next orders anew where they do not show what the tables say.</summary>
    [Activity]
    public Task<ReconciledPage> ReconcileProjectionsAsync(ReconciledPlace place);

    /// <summary>Where the last pass left off.</summary>
    [Activity]
    public Task<ReconciledPlaces> FindPlacesAsync();

    /// <summary>Keeps what a pass has found.</summary>
    [Activity]
    public Task RecordReconciliationAsync(ReconciliationReport report);
}

/// <summary>A place in the orders, by their ids.</summary>
/// <param name="After">After this order; null: the first.</param>
public sealed record ReconciledPlace(Guid? After);

/// <summary>Where a pass has left off that did not come to the end of all orders, and met no page that failed.</summary>
/// <param name="Stories">The last order whose story was compared; null: the next pass begins anew.</param>
/// <param name="Projections">The last order whose read model was written anew; null: the next pass begins anew.</param>
public sealed record ReconciledPlaces(Guid? Stories, Guid? Projections);

/// <summary>What a page of a comparison has found.</summary>
/// <param name="Found">How much.</param>
/// <param name="Last">The last order of the page; null when there are no more.</param>
public sealed record ReconciledPage(Reconciled Found, Guid? Last);
