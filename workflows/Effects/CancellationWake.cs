using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Effects;

/// <summary>
/// Lets a workflow treat a cancellation from Temporal as one of its wait conditions. Conditions are evaluated only after code of the
/// workflow ran, and a cancellation runs none unless something waits on the workflow's token.
/// </summary>
internal static class CancellationWake
{
    /// <summary>Waits for the cancellation, if it ever comes. Start it and do not await it.</summary>
    public static async Task WaitAsync()
    {
        try
        {
            await Workflow.WaitConditionAsync(() => false, Workflow.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            // That this code ran is enough: the conditions are evaluated now.
        }
    }
}
