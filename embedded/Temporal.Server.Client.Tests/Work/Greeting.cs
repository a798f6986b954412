using Temporalio.Workflows;

namespace Temporal.Server.Client.Tests.Work;

/// <summary>One activity, one result.</summary>
[Workflow]
public sealed class Greeting
{
    [WorkflowRun]
    public Task<string> RunAsync(string name) =>
        Workflow.ExecuteActivityAsync(
            (Activities activities) => activities.Greet(name),
            new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) }
        );
}
