using Temporalio.Workflows;

namespace Temporal.Endurance.Worker;

/// <summary>A child: an activity, a timer, and a signal back to its parent.</summary>
[Workflow]
public sealed class ErrandWorkflow
{
    /// <summary>Runs the errand.</summary>
    /// <param name="leg">The parent's leg.</param>
    /// <param name="parent">The parent's workflow id.</param>
    [WorkflowRun]
    public async Task<int> RunAsync(int leg, string parent)
    {
        var effect = await Work.AcknowledgedEffectAsync(1);
        await Workflow.DelayAsync(TimeSpan.FromMilliseconds(50));
        await Workflow.GetExternalWorkflowHandle<JourneyWorkflow>(parent).SignalAsync(journey => journey.ReportAsync(leg));
        return effect + await Work.EffectAsync(2);
    }
}
