using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Rpc;
using Temporal.Server.Tests.Engine;
using Temporal.Server.Workers;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.Worker.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Workers;

public sealed class WorkerTests
{
    [Fact]
    public async Task Workers_that_send_heartbeats_are_listed_described_and_filtered()
    {
        await using var server = await EngineHost.StartAsync();
        await RecordAsync(server, Heartbeat("one", "tq", "1.0"), Heartbeat("two", "tq", "2.0"), Heartbeat("three", "other", "2.0"));
        await RecordAsync(server, Heartbeat("one", "tq", "1.1"));

        foreach (
            var (query, expected) in ((string, string)[])
                [
                    ("", "one three two"),
                    ("TaskQueue = 'tq'", "one two"),
                    ("SdkVersion = '2.0' AND TaskQueue != 'tq'", "three"),
                    ("SdkVersion = '1.0'", ""),
                    ("Status = 'Running' AND StartTime < '2026-02-01T00:00:00Z'", "one three two"),
                ]
        )
        {
            var list = await server.CallAsync<ListWorkersResponse>(new ListWorkersRequest { Namespace = "default", Query = query });
            var count = await server.CallAsync<CountWorkersResponse>(new CountWorkersRequest { Namespace = "default", Query = query });
            Assert.Equal(
                $"{query}: {expected}",
                $"{query}: {string.Join(' ', list.Workers.Select(worker => worker.WorkerInstanceKey).Order())}"
            );
            Assert.Equal(list.WorkersInfo.Count, count.Count);
        }

        var described = await server.CallAsync<DescribeWorkerResponse>(
            new DescribeWorkerRequest { Namespace = "default", WorkerInstanceKey = "one" }
        );
        Assert.Equal("1.1", described.WorkerInfo.WorkerHeartbeat.SdkVersion);
        var gone = await Assert.ThrowsAsync<RpcException>(() =>
            server.CallAsync<DescribeWorkerResponse>(new DescribeWorkerRequest { Namespace = "default", WorkerInstanceKey = "four" })
        );
        Assert.Equal(StatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task A_worker_that_shuts_down_ends_its_polls_gives_back_its_sticky_tasks_and_gets_nothing_more()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync(key: "leaving");
        await server.CompleteAsync(task, request => request.StickyAttributes = new StickyExecutionAttributes
        {
            WorkerTaskQueue = new TaskQueue
            {
                Name = "sticky",
                Kind = TaskQueueKind.Sticky,
                NormalName = "tq",
            },
            ScheduleToStartTimeout = Seconds(10),
        });
        // It has polled its sticky queue, so that tasks go there.
        Assert.True((await server.PollWorkflowAsync("sticky", wait: TimeSpan.FromMilliseconds(10), key: "leaving")).TaskToken.IsEmpty);
        await server.SignalAsync("w");
        var waiting = server.PollActivityAsync("leaving");

        await server.CallAsync<ShutdownWorkerResponse>(
            new ShutdownWorkerRequest
            {
                Namespace = "default",
                WorkerInstanceKey = "leaving",
                StickyTaskQueue = "sticky",
                TaskQueue = "tq",
                WorkerHeartbeat = Heartbeat("leaving", "tq", "1.0"),
            }
        );

        Assert.True((await waiting).TaskToken.IsEmpty);
        Assert.True((await server.PollWorkflowAsync(key: "leaving")).TaskToken.IsEmpty);
        Assert.True((await server.PollWorkflowAsync("sticky", key: "leaving")).TaskToken.IsEmpty);
        Assert.Equal("w", (await server.PollWorkflowAsync(key: "staying")).WorkflowExecution.WorkflowId);
        var worker = await server.CallAsync<DescribeWorkerResponse>(
            new DescribeWorkerRequest { Namespace = "default", WorkerInstanceKey = "leaving" }
        );
        Assert.Equal(WorkerStatus.Shutdown, worker.WorkerInfo.WorkerHeartbeat.Status);
    }

    [Fact]
    public async Task A_worker_that_has_left_does_not_come_back_by_a_heartbeat_that_was_on_its_way()
    {
        await using var server = await EngineHost.StartAsync();
        await RecordAsync(server, Heartbeat("leaving", "tq", "1.0"));
        await server.CallAsync<ShutdownWorkerResponse>(
            new ShutdownWorkerRequest
            {
                Namespace = "default",
                WorkerInstanceKey = "leaving",
                TaskQueue = "tq",
                WorkerHeartbeat = Heartbeat("leaving", "tq", "1.0"),
            }
        );

        await RecordAsync(server, Heartbeat("leaving", "tq", "1.0"));

        var worker = await server.CallAsync<DescribeWorkerResponse>(
            new DescribeWorkerRequest { Namespace = "default", WorkerInstanceKey = "leaving" }
        );
        Assert.Equal(WorkerStatus.Shutdown, worker.WorkerInfo.WorkerHeartbeat.Status);
    }

    [Fact]
    public void More_workers_than_are_remembered_may_send_heartbeats_at_once()
    {
        const int Workers = 30_000;
        var registry = new WorkerRegistry(TimeProvider.System);

        Parallel.For(0, Workers, number => registry.Record("space", new WorkerHeartbeat { WorkerInstanceKey = $"{number}" }));

        Assert.InRange(registry.All("space").Count(), 10_000, 20_000);
    }

    private static Task<RecordWorkerHeartbeatResponse> RecordAsync(EngineHost server, params WorkerHeartbeat[] heartbeats) =>
        server.CallAsync<RecordWorkerHeartbeatResponse>(
            new RecordWorkerHeartbeatRequest { Namespace = "default", WorkerHeartbeat = { heartbeats } }
        );

    private static WorkerHeartbeat Heartbeat(string key, string queue, string version) =>
        new()
        {
            WorkerInstanceKey = key,
            WorkerIdentity = $"worker {key}",
            TaskQueue = queue,
            SdkName = "sdk",
            SdkVersion = version,
            Status = WorkerStatus.Running,
            StartTime = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)),
            HostInfo = new WorkerHostInfo { HostName = "host" },
        };
}
