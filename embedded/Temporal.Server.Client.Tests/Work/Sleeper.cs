using Temporalio.Workflows;

namespace Temporal.Server.Client.Tests.Work;

/// <summary>Sleeps, and nothing else.</summary>
[Workflow]
public sealed class Sleeper
{
    [WorkflowRun]
    public async Task<string> RunAsync(TimeSpan time)
    {
        await Workflow.DelayAsync(time);
        return "awake";
    }
}
