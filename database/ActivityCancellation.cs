using Temporalio.Activities;

namespace TemporalDelivery.Database;

/// <summary>What ends a store's method that is an activity.</summary>
internal static class ActivityCancellation
{
    /// <summary>The token of the running activity; none where a store is called outside of one.</summary>
    public static CancellationToken Token =>
        ActivityExecutionContext.HasCurrent ? ActivityExecutionContext.Current.CancellationToken : CancellationToken.None;
}
