using Temporalio.Activities;
using Temporalio.Common;
using Temporalio.Workflows;

namespace TemporalDelivery.Worker.Tests;

/// <summary>A workflow that does one thing, in its worker or by way of the server.</summary>
[Workflow("Errand")]
public sealed class Errand
{
    [WorkflowRun]
    public Task<string> RunAsync(bool isLocal) =>
        isLocal
            ? Workflow.ExecuteLocalActivityAsync(
                (ErrandActivities errands) => errands.DoAsync(),
                new LocalActivityOptions { ScheduleToCloseTimeout = TimeSpan.FromMinutes(1) }
            )
            : Workflow.ExecuteActivityAsync(
                (ErrandActivities errands) => errands.DoAsync(),
                new ActivityOptions
                {
                    StartToCloseTimeout = TimeSpan.FromMinutes(1),
                    RetryPolicy = new RetryPolicy { MaximumAttempts = 1 },
                }
            );
}

/// <summary>Does it when it is told to.</summary>
public sealed class ErrandActivities
{
    private readonly TaskCompletionSource begun = new();
    private readonly TaskCompletionSource told = new();

    /// <summary>Until it is being done.</summary>
    public Task Begun => begun.Task;

    public void Finish() => told.SetResult();

    [Activity]
    public async Task<string> DoAsync()
    {
        begun.TrySetResult();
        await told.Task.WaitAsync(ActivityExecutionContext.Current.CancellationToken);
        return "done";
    }
}
