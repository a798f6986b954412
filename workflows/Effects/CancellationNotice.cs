using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Effects;

/// <summary>
/// Lets a workflow treat a cancellation from Temporal as one more request, among its conditions. Conditions are looked at again only after some code of
/// the workflow ran, and a cancellation by itself runs none where nothing waits on its token.
/// </summary>
internal static class CancellationNotice
{
    /// <summary>Waits for the cancellation, if it ever comes. Nobody waits for this.</summary>
    public static async Task ListenAsync()
    {
        try
        {
            await Workflow.WaitConditionAsync(() => false, Workflow.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Having run is all that was wanted: the conditions are looked at now.
        }
    }
}
