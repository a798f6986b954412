using Temporalio.Workflows;

namespace Temporal.Server.Client.Tests.Work;

/// <summary>Starts a counter as its child, adds to it by a signal between workflows, and returns what it counted.</summary>
[Workflow]
public sealed class Family
{
    [WorkflowRun]
    public async Task<int> RunAsync(string child)
    {
        var handle = await Workflow.StartChildWorkflowAsync((Counter counter) => counter.RunAsync(1), new() { Id = child });
        await handle.SignalAsync(counter => counter.AddAsync(2));
        await Workflow.GetExternalWorkflowHandle<Counter>(child).SignalAsync(counter => counter.FinishAsync());
        return await handle.GetResultAsync();
    }
}
