using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class PayloadLimitTests(WorkerHost host)
{
    // The server takes two mebibytes for a field, four for a message.
    private const int TooLargeForField = (2 * 1024 * 1024) + 1024;

    [Theory]
    [InlineData("result", WorkflowTaskFailedCause.PayloadsTooLarge, "[TMPRL1103] Attempted to upload payloads")]
    [InlineData("memo", WorkflowTaskFailedCause.PayloadsTooLarge, "[TMPRL1103] Attempted to upload memo")]
    [InlineData("many", WorkflowTaskFailedCause.GrpcMessageTooLarge, "larger than max")]
    public Task What_the_server_would_not_take_fails_the_workflow_task_and_not_the_workflow(
        string scenario, WorkflowTaskFailedCause cause, string message) => host.RunAsync<Wordy>(async queue =>
    {
        var handle = await host.Client.StartWorkflowAsync((Wordy wf) => wf.RunAsync(scenario), WorkerHost.On(queue));
        var history = await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, EventType.WorkflowTaskFailed));
        var failed = WorkerHost.First(history, EventType.WorkflowTaskFailed).WorkflowTaskFailedEventAttributes;
        Assert.Equal(cause, failed.Cause);
        Assert.Contains(message, failed.Failure.Message, StringComparison.Ordinal);
        await handle.TerminateAsync();
    });

    [Fact]
    public Task Without_the_check_the_server_decides() => host.RunAsync<Wordy>(
        async queue =>
        {
            var handle = await host.Client.StartWorkflowAsync((Wordy wf) => wf.RunAsync("result"), WorkerHost.On(queue));
            var e = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
            Assert.IsType<TerminatedFailureException>(e.InnerException);
        },
        options => options.DisablePayloadErrorLimit = true);

    [Fact]
    public Task An_activity_whose_result_is_too_large_fails() => host.RunAsync<Wordy>(
        async queue => Assert.Contains(
            "[TMPRL1103]",
            await host.Client.ExecuteWorkflowAsync((Wordy wf) => wf.RunAsync("activity"), WorkerHost.On(queue)),
            StringComparison.Ordinal),
        options => options.AddActivity(Wordy.Tell));

    [Workflow]
    public class Wordy
    {
        [Activity]
        public static string Tell() => new('a', TooLargeForField);

        [WorkflowRun]
        public async Task<string> RunAsync(string scenario)
        {
            switch (scenario)
            {
                case "memo":
                    Workflow.UpsertMemo(MemoUpdate.ValueSet("story", new string('m', TooLargeForField)));
                    return "memo";
                case "many":
                    await Workflow.WhenAllAsync(Enumerable.Range(0, 5).Select(_ => Workflow.ExecuteActivityAsync(
                        "never", [new string('i', 1024 * 1024)], new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) })));
                    return "many";
                case "activity":
                    try
                    {
                        return await Workflow.ExecuteActivityAsync(
                            () => Tell(),
                            new() { StartToCloseTimeout = TimeSpan.FromMinutes(1), RetryPolicy = new() { MaximumAttempts = 1 } });
                    }
                    catch (ActivityFailureException e)
                    {
                        return e.InnerException!.Message;
                    }
                default:
                    return new('o', TooLargeForField);
            }
        }
    }
}
