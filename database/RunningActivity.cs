using Temporalio.Activities;

namespace TemporalDelivery.Database;

/// <summary>The activity that a store's method is run as; a store may also be called outside of one.</summary>
internal static class RunningActivity
{
    /// <summary>What ends it.</summary>
    public static CancellationToken Cancellation =>
        ActivityExecutionContext.HasCurrent ? ActivityExecutionContext.Current.CancellationToken : CancellationToken.None;

    /// <summary>The workflow run that asks for it, for the audit; null outside of one.</summary>
    public static string? WorkflowRun => ActivityExecutionContext.HasCurrent ? ActivityExecutionContext.Current.Info.WorkflowRunId : null;
}
