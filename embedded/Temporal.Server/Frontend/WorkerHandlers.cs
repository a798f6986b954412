using Temporal.Server.History;
using Temporal.Server.Rpc;
using Temporal.Server.Visibility;
using Temporal.Server.Workers;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Worker.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>What workers tell of themselves, and who asks for it.</summary>
internal sealed class WorkerHandlers(HistoryEngine engine, WorkerRegistry registry)
{
    private const int DefaultPageSize = 100;
    private const int LargestPageSize = 1000;

    /// <summary>Workers live.</summary>
    public Task<RecordWorkerHeartbeatResponse> RecordHeartbeatAsync(RecordWorkerHeartbeatRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        foreach (var heartbeat in request.WorkerHeartbeat)
        {
            Requests.RequireName(engine.Limits, heartbeat.WorkerInstanceKey, "WorkerInstanceKey");
        }

        foreach (var heartbeat in request.WorkerHeartbeat)
        {
            registry.Record(space.Id, heartbeat);
        }

        return Task.FromResult(new RecordWorkerHeartbeatResponse());
    }

    /// <summary>Lists the workers that match a filter, latest first.</summary>
    public Task<ListWorkersResponse> ListAsync(ListWorkersRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        var size = request.PageSize <= 0 ? DefaultPageSize : Math.Min(request.PageSize, LargestPageSize);
        var workers = registry.All(space.Id).ToDictionary(worker => worker.WorkerInstanceKey, StringComparer.Ordinal);
        var page = VisibilityScan.List(
            workers.Values.Select(worker => WorkerList.Row(space.Id, worker)),
            request.Query,
            WorkerList.Attributes,
            size,
            request.NextPageToken
        );
        var found = page.Rows.Select(row => workers[row.Run.RunId]).ToList();
        return Task.FromResult(
            new ListWorkersResponse
            {
                WorkersInfo = { found.Select(worker => new WorkerInfo { WorkerHeartbeat = worker }) },
                Workers = { found.Select(Line) },
                NextPageToken = page.NextPageToken,
            }
        );
    }

    /// <summary>Counts the workers that match a filter.</summary>
    public Task<CountWorkersResponse> CountAsync(CountWorkersRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        var count = VisibilityScan.Count(
            registry.All(space.Id).Select(worker => WorkerList.Row(space.Id, worker)),
            request.Query,
            WorkerList.Attributes
        );
        return Task.FromResult(new CountWorkersResponse { Count = count.Total });
    }

    /// <summary>A worker's last heartbeat.</summary>
    public Task<DescribeWorkerResponse> DescribeAsync(DescribeWorkerRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        var key = Requests.RequireName(engine.Limits, request.WorkerInstanceKey, "WorkerInstanceKey");
        var heartbeat = registry.Find(space.Id, key) ?? throw RpcException.NotFound($"worker {key} not found");
        return Task.FromResult(new DescribeWorkerResponse { WorkerInfo = new WorkerInfo { WorkerHeartbeat = heartbeat } });
    }

    /// <summary>A worker shuts down: its polls end with nothing, later ones too, and its sticky tasks go elsewhere.</summary>
    public Task<ShutdownWorkerResponse> ShutdownAsync(ShutdownWorkerRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        engine.Queues.StopWorker(space.Id, request.WorkerInstanceKey, request.StickyTaskQueue, request.TaskQueue);
        if (request.WorkerHeartbeat is { WorkerInstanceKey.Length: > 0 } last && last.WorkerInstanceKey.Length <= engine.Limits.IdLength)
        {
            last.Status = WorkerStatus.Shutdown;
            registry.Record(space.Id, last);
        }

        return Task.FromResult(new ShutdownWorkerResponse());
    }

    private static WorkerListInfo Line(WorkerHeartbeat worker) =>
        new()
        {
            WorkerInstanceKey = worker.WorkerInstanceKey,
            WorkerIdentity = worker.WorkerIdentity,
            TaskQueue = worker.TaskQueue,
            DeploymentVersion = worker.DeploymentVersion,
            SdkName = worker.SdkName,
            SdkVersion = worker.SdkVersion,
            Status = worker.Status,
            StartTime = worker.StartTime,
            HostName = worker.HostInfo?.HostName ?? "",
            WorkerGroupingKey = worker.HostInfo?.WorkerGroupingKey ?? "",
            ProcessId = worker.HostInfo?.ProcessId ?? "",
            Plugins = { worker.Plugins },
            Drivers = { worker.Drivers },
        };
}
