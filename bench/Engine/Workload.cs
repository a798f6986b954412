using Temporalio.Activities;
using Temporalio.Workflows;

namespace TemporalDelivery.Bench.Engine;

/// <summary>The effect of the measured workflows: none, so that what is measured is the engine.</summary>
public static class EchoActivity
{
    /// <summary>Returns its input.</summary>
    [Activity]
    public static string Echo(string text) => text;
}

/// <summary>Runs a number of activities, one after the other.</summary>
[Workflow]
public sealed class ActivitiesWorkflow
{
    private static readonly ActivityOptions Once = new() { StartToCloseTimeout = TimeSpan.FromMinutes(5) };

    /// <summary>Returns what the last activity echoed.</summary>
    [WorkflowRun]
    public async Task<string> RunAsync(int activities)
    {
        var text = "the quick brown fox";
        for (var done = 0; done < activities; done++)
        {
            text = await Workflow.ExecuteActivityAsync(() => EchoActivity.Echo(text), Once);
        }

        return text;
    }
}

/// <summary>Completes when it has been signalled so many times. With none wanted it stays open and idle.</summary>
[Workflow]
public sealed class SignalledWorkflow
{
    private int signals;

    /// <summary>Waits for the signals.</summary>
    /// <param name="wanted">How many; 0 for a workflow that waits for ever.</param>
    [WorkflowRun]
    public Task RunAsync(int wanted) => Workflow.WaitConditionAsync(() => wanted > 0 && signals >= wanted);

    /// <summary>One of them.</summary>
    [WorkflowSignal]
    public Task PokeAsync(string text)
    {
        signals++;
        return Task.CompletedTask;
    }
}

/// <summary>Waits on a number of timers that are due at one time.</summary>
[Workflow]
public sealed class TimersWorkflow
{
    /// <summary>Completes when all have fired.</summary>
    [WorkflowRun]
    public async Task RunAsync(DateTime due, int timers)
    {
        var delay = due - Workflow.UtcNow;
        await Workflow.WhenAllAsync(Enumerable.Range(0, timers).Select(_ => Workflow.DelayAsync(delay)));
    }
}
