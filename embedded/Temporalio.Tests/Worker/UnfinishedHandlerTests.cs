using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class UnfinishedHandlerTests(WorkerHost host)
{
    [Theory]
    [InlineData("complete", EventType.WorkflowExecutionCompleted)]
    [InlineData("cancel", EventType.WorkflowExecutionCanceled)]
    [InlineData("continue", EventType.WorkflowExecutionContinuedAsNew)]
    public async Task An_end_that_is_no_failure_warns_of_the_handlers_that_it_cuts_off(string end, EventType closed)
    {
        var (warnings, handle) = await EndAsync(end, closed);
        Assert.Equal(2, warnings.Count);
        var signals = Assert.Single(warnings, line => line.Contains("signal handlers", StringComparison.Ordinal));
        Assert.Contains("""[{"name":"Warned","count":2}]""", signals, StringComparison.Ordinal);
        var updates = Assert.Single(warnings, line => line.Contains("update handlers", StringComparison.Ordinal));
        Assert.Contains("""[{"name":"Change","id":"the-update"}]""", updates, StringComparison.Ordinal);
        Assert.All(warnings, line => Assert.Contains(handle.Id, line, StringComparison.Ordinal));

        using var replayed = new KeptLogs();
        var options = new WorkflowReplayerOptions { LoggerFactory = replayed };
        await new WorkflowReplayer(options.AddWorkflow<Cut>()).ReplayWorkflowAsync(await handle.FetchHistoryAsync());
        Assert.Empty(Warnings(replayed));
    }

    [Fact]
    public async Task A_failure_warns_of_none()
    {
        var (warnings, _) = await EndAsync("fail", EventType.WorkflowExecutionFailed);
        Assert.Empty(warnings);
    }

    [Fact]
    public async Task Handlers_that_have_finished_are_not_warned_of()
    {
        using var logs = new KeptLogs();
        await host.RunAsync<Cut>(
            async queue =>
            {
                var handle = await host.Client.StartWorkflowAsync((Cut wf) => wf.RunAsync("finish"), WorkerHost.On(queue));
                await handle.SignalAsync(wf => wf.WarnedAsync());
                await handle.ExecuteUpdateAsync(wf => wf.ReleaseAsync());
                await handle.GetResultAsync();
            },
            options => options.LoggerFactory = logs);
        Assert.Empty(Warnings(logs));
    }

    private static List<string> Warnings(KeptLogs logs) =>
        [.. logs.Lines.Where(line => line.StartsWith("Warning: [TMPRL1102]", StringComparison.Ordinal))];

    private async Task<(List<string> Warnings, WorkflowHandle Handle)> EndAsync(string end, EventType closed)
    {
        using var logs = new KeptLogs();
        WorkflowHandle? handle = null;
        await host.RunAsync<Cut>(
            async queue =>
            {
                var started = await host.Client.StartWorkflowAsync((Cut wf) => wf.RunAsync(end), WorkerHost.On(queue));
                await started.SignalAsync(wf => wf.WarnedAsync());
                await started.SignalAsync(wf => wf.WarnedAsync());
                await started.SignalAsync(wf => wf.SilentAsync());
                await started.StartUpdateAsync(
                    wf => wf.ChangeAsync(), new(id: "the-update", waitForStage: WorkflowUpdateStage.Accepted));
                if (end == "cancel")
                {
                    await started.CancelAsync();
                }
                else
                {
                    await started.SignalAsync(wf => wf.EndAsync());
                }
                handle = host.Client.GetWorkflowHandle(started.Id, started.ResultRunId);
                await WorkerHost.HistoryWhenAsync(handle, history => WorkerHost.Has(history, closed));
            },
            options => options.LoggerFactory = logs);
        return (Warnings(logs), handle!);
    }

    [Workflow]
    public class Cut
    {
        private bool isReleased;
        private bool isOver;

        [WorkflowRun]
        public async Task RunAsync(string end)
        {
            switch (end)
            {
                case "nothing":
                    return;
                case "cancel":
                    await Workflow.DelayAsync(TimeSpan.FromDays(1));
                    return;
                case "finish":
                    await Workflow.WaitConditionAsync(() => isReleased && Workflow.AllHandlersFinished);
                    return;
            }
            await Workflow.WaitConditionAsync(() => isOver);
            switch (end)
            {
                case "fail":
                    throw new ApplicationFailureException("so it is");
                case "continue":
                    throw Workflow.CreateContinueAsNewException((Cut wf) => wf.RunAsync("nothing"));
            }
        }

        [WorkflowSignal]
        public Task WarnedAsync() => HoldAsync();

        [WorkflowSignal(UnfinishedPolicy = HandlerUnfinishedPolicy.Abandon)]
        public Task SilentAsync() => HoldAsync();

        [WorkflowSignal]
        public Task EndAsync()
        {
            isOver = true;
            return Task.CompletedTask;
        }

        [WorkflowUpdate]
        public Task ChangeAsync() => HoldAsync();

        [WorkflowUpdate]
        public Task ReleaseAsync()
        {
            isReleased = true;
            return Task.CompletedTask;
        }

        // Cancellation of the workflow must not end it: that is for its end to do.
        private Task HoldAsync() => Workflow.WaitConditionAsync(() => isReleased, CancellationToken.None);
    }
}
