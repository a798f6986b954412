using Temporalio.Workflows;

namespace Temporal.Server.Client.Tests.Work;

/// <summary>Sleeps, and tells by a search attribute that it does.</summary>
[Workflow]
public sealed class Nap
{
    [WorkflowRun]
    public async Task<string> RunAsync(TimeSpan time, string mood)
    {
        Workflow.UpsertTypedSearchAttributes(Attributes.Mood.ValueSet(mood));
        await Workflow.DelayAsync(time);
        return "awake";
    }
}
