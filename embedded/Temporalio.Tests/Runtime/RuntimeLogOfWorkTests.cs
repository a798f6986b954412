using Microsoft.Extensions.Logging;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Runtime;
using Temporalio.Tests.Worker;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Runtime;

/// <summary>What the library itself logs of sizes and failures goes to the logger that its runtime forwards to.</summary>
public sealed class RuntimeLogOfWorkTests(WorkerHost host)
{
    [Theory]
    [InlineData("memo", 0, 3000, "[TMPRL1103] Attempted to upload memo with size that exceeded the warning limit.")]
    [InlineData("payloads", 3000, 0, "[TMPRL1103] Attempted to upload payloads with size that exceeded the warning limit.")]
    public async Task Sizes_above_a_connections_thresholds_are_warned_about_and_sent(string kind, int resultLength, int memoLength, string message)
    {
        var logs = new KeptLogs();
        var client = await ConnectAsync(logs, kind == "memo" ? new() { MemoWarnSize = 1024 } : new() { PayloadsWarnSize = 1024 });
        var options = new TemporalWorkerOptions($"tq-{Guid.NewGuid()}").AddWorkflow<Wordy>();
        using var worker = new TemporalWorker(client, options);

        await worker.ExecuteAsync(() => client.ExecuteWorkflowAsync((Wordy wf) => wf.RunAsync(resultLength), new($"wf-{Guid.NewGuid()}", options.TaskQueue!)
        {
            Memo = new Dictionary<string, object> { ["story"] = new string('m', memoLength) },
        }));

        Assert.Contains(message, Assert.Single(logs.Lines), StringComparison.Ordinal);
        Assert.StartsWith("Warning", Assert.Single(logs.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thresholds_below_zero_are_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ConnectAsync(new KeptLogs(), new() { MemoWarnSize = -1 }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ConnectAsync(new KeptLogs(), new() { PayloadsWarnSize = -1 }));
    }

    [Fact]
    public async Task A_failing_workflow_task_is_told_with_its_run_and_its_reason()
    {
        var logs = new KeptLogs();
        var client = await ConnectAsync(logs, new());
        var options = new TemporalWorkerOptions($"tq-{Guid.NewGuid()}").AddWorkflow<Wordy>();
        using var worker = new TemporalWorker(client, options);

        await worker.ExecuteAsync(async () =>
        {
            var handle = await client.StartWorkflowAsync((Wordy wf) => wf.RunAsync(-1), new($"wf-{Guid.NewGuid()}", options.TaskQueue!));
            await WorkerHost.HistoryWhenAsync(handle, history => WorkerHost.Has(history, EventType.WorkflowTaskFailed));
            Assert.True(logs.Lines.TryPeek(out var line));
            Assert.StartsWith("Warning: [sdk_core::temporalio_sdk_core::worker::workflow] Failing workflow task", line, StringComparison.Ordinal);
            Assert.Contains($"run_id=\"{handle.ResultRunId}\"", line, StringComparison.Ordinal);
            Assert.Contains("Not a length", line, StringComparison.Ordinal);
            await handle.TerminateAsync();
        });
    }

    private Task<TemporalClient> ConnectAsync(ILogger logs, PayloadLimitsOptions limits) => TemporalClient.ConnectAsync(new(host.Client.Connection.Options.TargetHost!)
    {
        PayloadLimits = limits,
        Runtime = new(new(new() { Logging = new() { Forwarding = new(logs) } }) { WorkerHeartbeatInterval = null }),
    });

    [Workflow]
    public class Wordy
    {
        [WorkflowRun]
        public async Task<string> RunAsync(int length)
        {
            await Task.CompletedTask;
            return length >= 0 ? new('o', length) : throw new InvalidOperationException("Not a length");
        }
    }
}
