using Temporalio.Workflows;

namespace Temporal.Server.Client.Tests.Work;

/// <summary>An activity that takes as long as the test wants, with heartbeats.</summary>
[Workflow]
public sealed class Labour
{
    [WorkflowRun]
    public Task<string> RunAsync(string job) =>
        Workflow.ExecuteActivityAsync(
            (Activities activities) => activities.LabourAsync(job),
            new()
            {
                ActivityId = "labour",
                StartToCloseTimeout = TimeSpan.FromMinutes(1),
                HeartbeatTimeout = TimeSpan.FromSeconds(30),
                CancellationType = ActivityCancellationType.WaitCancellationCompleted,
                RetryPolicy = new() { InitialInterval = TimeSpan.FromMilliseconds(50), BackoffCoefficient = 1 },
            }
        );
}
