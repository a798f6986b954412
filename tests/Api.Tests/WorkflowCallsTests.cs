using TemporalDelivery.Api.Temporal;
using TemporalDelivery.Tests.Temporal;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace TemporalDelivery.Api.Tests;

public sealed class WorkflowCallsTests
{
    [Fact]
    public void A_bug_of_ours_is_not_taken_for_a_Temporal_that_is_away()
    {
        Assert.False(WorkflowCalls.IsAbsence(new InvalidOperationException("a bug"), CancellationToken.None));
        Assert.True(WorkflowCalls.IsAbsence(new TaskCanceledException("no answer in time"), CancellationToken.None));
    }

    [Fact]
    public async Task An_update_whose_task_failed_because_a_signal_came_in_between_is_sent_again()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var environment = await TestTemporal.StartLocalAsync(null, []);
        using var worker = new TemporalWorker(
            environment.Client,
            new TemporalWorkerOptions("quick") { DebugMode = true }.AddWorkflow<QuickWorkflow>()
        );
        await worker.ExecuteAsync(
            async () =>
            {
                var quick = await environment.Client.StartWorkflowAsync(
                    (QuickWorkflow workflow) => workflow.RunAsync(),
                    new($"quick-{Guid.CreateVersion7()}", "quick")
                );
                await quick.QueryAsync(workflow => workflow.IsEnding);
                var update = new WorkflowCalls(environment.Client).UpdateAsync<QuickWorkflow, string>(
                    quick.Id,
                    workflow => workflow.EndAsync(),
                    "end",
                    cancellation
                );
                await QuickWorkflow.InTheTask.WaitAsync(cancellation);
                await quick.SignalAsync(workflow => workflow.NudgeAsync());
                QuickWorkflow.SignalSent.Release(int.MaxValue);

                Assert.Equal("ended", Assert.IsType<UpdateOutcome<string>.Done>(await update).View);
                Assert.Contains((await quick.FetchHistoryAsync()).Events, happened =>
                    happened.WorkflowTaskFailedEventAttributes is not null
                );
            },
            cancellation
        );
    }

    /// <summary>Closes in the task of its update, in whose midst a signal comes: no server lets it close before it has seen that.</summary>
    [Workflow]
    public sealed class QuickWorkflow
    {
        public static readonly SemaphoreSlim InTheTask = new(0);
        public static readonly SemaphoreSlim SignalSent = new(0);

        [WorkflowQuery]
        public bool IsEnding { get; private set; }

        [WorkflowRun]
        public Task RunAsync() => Workflow.WaitConditionAsync(() => IsEnding);

        [WorkflowUpdate]
        public Task<string> EndAsync()
        {
            InTheTask.Release();
            SignalSent.Wait();
            IsEnding = true;
            return Task.FromResult("ended");
        }

        [WorkflowSignal]
        public Task NudgeAsync() => Task.CompletedTask;
    }
}
