using Temporalio.Workflows;

namespace Temporal.Endurance.Worker;

/// <summary>How the workflows call their activities.</summary>
internal static class Work
{
    /// <summary>How long a killed worker holds a workflow task.</summary>
    public static readonly TimeSpan TaskTimeout = TimeSpan.FromSeconds(2);

    // How long a killed worker holds an activity: more than a machine that is busy killing and starting holds up a living one.
    private static readonly ActivityOptions Options = new()
    {
        StartToCloseTimeout = TimeSpan.FromSeconds(8),
        RetryPolicy = new() { InitialInterval = TimeSpan.FromMilliseconds(100), MaximumInterval = TimeSpan.FromSeconds(1) },
    };

    public static Task<int> EffectAsync(int step) =>
        Workflow.ExecuteActivityAsync((EffectActivities activities) => activities.Effect(step), Options);

    public static Task<int> AcknowledgedEffectAsync(int step) =>
        Workflow.ExecuteActivityAsync((EffectActivities activities) => activities.AcknowledgedEffectAsync(step), Options);
}
