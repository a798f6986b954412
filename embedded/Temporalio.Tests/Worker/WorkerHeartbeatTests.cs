using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Namespace.V1;
using Temporalio.Api.Worker.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Runtime;
using Temporalio.Tests.Grpc;
using Temporalio.Worker;
using Temporalio.Worker.Execution;
using Temporalio.Worker.Heartbeats;
using Temporalio.Worker.Tuning;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class WorkerHeartbeatTests(WorkerHost host)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task The_server_can_tell_what_a_worker_is_and_does()
    {
        var client = new TemporalClient(
            await ConnectAsync(host.Client.Connection.Options), (TemporalClientOptions)host.Client.Options.Clone());
        var queue = $"tq-{Guid.NewGuid()}";
        using var worker = new TemporalWorker(
            client, new TemporalWorkerOptions(queue) { Identity = "me", MaxConcurrentActivities = 7, DisableEagerActivityExecution = true }.AddWorkflow<Deed>().AddActivity(Do));
        var key = string.Empty;
        await worker.ExecuteAsync(async () =>
        {
            await client.ExecuteWorkflowAsync((Deed wf) => wf.RunAsync(), WorkerHost.On(queue));
            var heard = await HeardAsync(client, queue, IsAtRest);
            key = heard.WorkerInstanceKey;
            Assert.Equal(WorkerStatus.Running, heard.Status);
            Assert.Equal("me", heard.WorkerIdentity);
            Assert.Equal(("temporal-dotnet", "1.18.0.0"), (heard.SdkName, heard.SdkVersion));
            Assert.Equal(Environment.ProcessId, int.Parse(heard.HostInfo.ProcessId, System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(System.Net.Dns.GetHostName(), heard.HostInfo.HostName);
            Assert.NotEmpty(heard.HostInfo.WorkerGroupingKey);
            Assert.InRange(heard.HostInfo.CurrentHostCpuUsage, 0, 1);
            Assert.InRange(heard.HostInfo.CurrentHostMemUsage, 0, 1);
            Assert.True(heard.StartTime.ToDateTime() <= heard.HeartbeatTime.ToDateTime());
            Assert.Equal(Environment.Version.ToString(), Assert.Single(heard.Environment.Runtimes).Version);
            Assert.Equal(
                ("Fixed", 7, 0, 0),
                (heard.ActivityTaskSlotsInfo.SlotSupplierKind, heard.ActivityTaskSlotsInfo.CurrentAvailableSlots,
                    heard.ActivityTaskSlotsInfo.CurrentUsedSlots, heard.ActivityTaskSlotsInfo.TotalFailedTasks));
            Assert.InRange(heard.WorkflowTaskSlotsInfo.TotalProcessedTasks, 2, 3);
            Assert.Equal(0, heard.LocalActivitySlotsInfo.TotalProcessedTasks);
            Assert.InRange(heard.ActivityPollerInfo.CurrentPollers, 1, 5);
            Assert.Equal(1, heard.ActivityTaskSlotsInfo.TotalProcessedTasks);
            Assert.NotNull(heard.ActivityPollerInfo.LastSuccessfulPollTime);
            Assert.InRange(heard.WorkflowPollerInfo.CurrentPollers, 1, 5);
            Assert.InRange(heard.WorkflowStickyPollerInfo.CurrentPollers, 1, 5);
            Assert.True(heard.TotalStickyCacheHit > 0);

            var later = await HeardAsync(client, queue, told => told.HeartbeatTime.ToDateTime() > heard.HeartbeatTime.ToDateTime());
            Assert.True(later.ElapsedSinceLastHeartbeat.ToTimeSpan() > TimeSpan.Zero);
            Assert.Equal((1, 0), (later.ActivityTaskSlotsInfo.TotalProcessedTasks, later.ActivityTaskSlotsInfo.LastIntervalProcessedTasks));
        });
        var gone = await client.WorkflowService.DescribeWorkerAsync(new() { Namespace = client.Options.Namespace, WorkerInstanceKey = key });
        Assert.NotEqual(WorkerStatus.Running, gone.WorkerInfo.WorkerHeartbeat.Status);
    }

    [Fact]
    public async Task None_is_sent_to_a_namespace_that_takes_none_but_the_last_goes_along_with_the_leave()
    {
        await using var server = await StartServerAsync(takes: false, call => call.ReplyAsync(new RecordWorkerHeartbeatResponse()));
        using var worker = await WorkerOfAsync(server, Interval);
        await worker.ExecuteAsync(() => Task.CompletedTask);
        Assert.DoesNotContain(server.Calls, call => call.Rpc == "RecordWorkerHeartbeat");
        Assert.Equal(WorkerStatus.ShuttingDown, Left(server).WorkerHeartbeat.Status);
    }

    [Fact]
    public async Task None_is_sent_without_an_interval()
    {
        await using var server = await StartServerAsync(takes: true, call => call.ReplyAsync(new RecordWorkerHeartbeatResponse()));
        using var worker = await WorkerOfAsync(server, interval: null);
        await worker.ExecuteAsync(() => Task.CompletedTask);
        Assert.DoesNotContain(server.Calls, call => call.Rpc == "RecordWorkerHeartbeat");
        Assert.Null(Left(server).WorkerHeartbeat);
    }

    [Fact]
    public async Task A_server_that_does_not_know_the_call_is_not_asked_again()
    {
        await using var server = await StartServerAsync(takes: true, call => call.FailAsync(12, "unknown"));
        var client = await ClientOfAsync(server, Interval);
        var options = new TemporalWorkerOptions("here");
        var link = new WorkerLink(() => client.Connection, "default", "me", options, RuntimeOf(Interval));
        var report = new WorkerReport(link, options, new Dictionary<SlotType, WorkerSlots>(), plugins: [], tellsEnvironment: false);
        await new WorkerHeartbeats(link, report, Interval, NullLogger.Instance).RunAsync(TestContext.Current.CancellationToken);
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task After_a_failed_heartbeat_comes_the_next()
    {
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        await using var server = await StartServerAsync(takes: true, call =>
        {
            if (Interlocked.Increment(ref count) == 2)
            {
                both.SetResult();
            }
            return call.FailAsync(14, "away");
        });
        using var worker = await WorkerOfAsync(server, Interval);
        await worker.ExecuteAsync(() => both.Task.WaitAsync(TestContext.Current.CancellationToken));
        Assert.True(count >= 2);
    }

    [Fact]
    public async Task Free_and_used_slots_are_told_as_of_one_moment_and_the_failed_tasks_are_among_the_processed()
    {
        const int Tasks = 20_000;
        var options = new TemporalWorkerOptions("q");
        var link = new WorkerLink(() => host.Client.Connection, "default", "me", options, TemporalRuntime.Default);
        using var slots = new WorkerSlots(SlotType.Activity, new FixedSizeSlotSupplier(3), link, NullLogger.Instance);
        var report = new WorkerReport(link, options, new Dictionary<SlotType, WorkerSlots> { [SlotType.Activity] = slots }, plugins: [], tellsEnvironment: false);
        var working = Task.Run(() =>
        {
            for (var task = 0; task < Tasks; task++)
            {
                using var slot = slots.TryReserve()!;
                slot.MarkUsed(new SlotInfo.ActivitySlotInfo("Do"));
                link.Meter.Tally.Activities.CountProcessed();
                link.Meter.Tally.Activities.CountFailed();
            }
        });

        while (!working.IsCompleted)
        {
            var told = report.Write(WorkerStatus.Running).ActivityTaskSlotsInfo;
            Assert.Equal(3, told.CurrentAvailableSlots + told.CurrentUsedSlots);
            Assert.InRange(told.TotalFailedTasks, 0, told.TotalProcessedTasks);
        }

        await working;
    }

    [Theory]
    [InlineData(999)]
    [InlineData(60_001)]
    public void An_interval_is_from_one_second_to_one_minute(int milliseconds)
    {
        var e = Assert.Throws<ArgumentException>(() => new TemporalRuntime(new() { WorkerHeartbeatInterval = TimeSpan.FromMilliseconds(milliseconds) }));
        Assert.Contains("from 1 s to 60 s", e.Message, StringComparison.Ordinal);
    }

    [Activity]
    internal static void Do()
    {
    }

    private static TemporalRuntime RuntimeOf(TimeSpan? interval) => new(new() { WorkerHeartbeatInterval = interval });

    private static async Task<TemporalConnection> ConnectAsync(TemporalConnectionOptions basis)
    {
        var options = (TemporalConnectionOptions)basis.Clone();
        options.Runtime = RuntimeOf(Interval);
        return await TemporalConnection.ConnectAsync(options);
    }

    // The workflow has run and its worker waits for more: a heartbeat may come at any moment before that, too.
    private static bool IsAtRest(WorkerHeartbeat told) =>
        told.WorkflowTaskSlotsInfo is { TotalProcessedTasks: >= 2, CurrentUsedSlots: 0 } &&
        told.ActivityTaskSlotsInfo is { TotalProcessedTasks: >= 1, CurrentUsedSlots: 0 } &&
        told is { ActivityPollerInfo.CurrentPollers: > 0, WorkflowPollerInfo.CurrentPollers: > 0, WorkflowStickyPollerInfo.CurrentPollers: > 0 };

    private static async Task<WorkerHeartbeat> HeardAsync(TemporalClient client, string queue, Func<WorkerHeartbeat, bool> condition)
    {
        while (true)
        {
            var list = await client.WorkflowService.ListWorkersAsync(
                new() { Namespace = client.Options.Namespace, Query = $"TaskQueue = '{queue}'" });
            if (list.Workers.SingleOrDefault() is { } line)
            {
                var described = await client.WorkflowService.DescribeWorkerAsync(
                    new() { Namespace = client.Options.Namespace, WorkerInstanceKey = line.WorkerInstanceKey });
                if (condition(described.WorkerInfo.WorkerHeartbeat))
                {
                    return described.WorkerInfo.WorkerHeartbeat;
                }
            }
            await Task.Yield();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static Task<TemporalClient> ClientOfAsync(StubServer server, TimeSpan? interval) =>
        TemporalClient.ConnectAsync(new(server.TargetHost) { Runtime = RuntimeOf(interval) });

    private static async Task<TemporalWorker> WorkerOfAsync(StubServer server, TimeSpan? interval) =>
        new(await ClientOfAsync(server, interval), new TemporalWorkerOptions("here").AddWorkflow<Deed>());

    private static Task<StubServer> StartServerAsync(bool takes, Func<StubCall, Task> heartbeat) => StubServer.StartAsync(call => call.Rpc switch
    {
        "PollWorkflowTaskQueue" => new TaskCompletionSource().Task.WaitAsync(call.Aborted),
        "DescribeNamespace" => call.ReplyAsync(new DescribeNamespaceResponse
        {
            NamespaceInfo = new() { Capabilities = new NamespaceInfo.Types.Capabilities { WorkerHeartbeats = takes } },
        }),
        "RecordWorkerHeartbeat" => heartbeat(call),
        _ => call.ReplyAsync(new ShutdownWorkerResponse()),
    });

    private static ShutdownWorkerRequest Left(StubServer server) =>
        ShutdownWorkerRequest.Parser.ParseFrom(server.Calls.Single(call => call.Rpc == "ShutdownWorker").Message);

    [Workflow]
    public class Deed
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.ExecuteActivityAsync(
            () => Do(), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
    }
}
