using Temporalio.Api.Enums.V1;

namespace Temporalio.Client;

public partial interface ITemporalClient
{
    /// <summary>Changes the versions that a task queue knows.</summary>
    [Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
    Task UpdateWorkerBuildIdCompatibilityAsync(string taskQueue, BuildIdOp buildIdOp, RpcOptions? rpcOptions = null);

    /// <summary>Reads the versions that a task queue knows; null for none.</summary>
    /// <param name="taskQueue">Task queue.</param>
    /// <param name="maxSets">Most sets to return; 0 for all.</param>
    /// <param name="rpcOptions">Options of the call.</param>
    [Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
    Task<WorkerBuildIdVersionSets?> GetWorkerBuildIdCompatibilityAsync(
        string taskQueue, int maxSets = 0, RpcOptions? rpcOptions = null);

    /// <summary>Asks which workflows may still need some versions.</summary>
    /// <param name="buildIds">The versions; at least one.</param>
    /// <param name="taskQueues">Task queues to look at; empty for all.</param>
    /// <param name="reachability">Kind of workflows; null for the server's default.</param>
    /// <param name="rpcOptions">Options of the call.</param>
    [Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
    Task<WorkerTaskReachability> GetWorkerTaskReachabilityAsync(
        IReadOnlyCollection<string> buildIds,
        IReadOnlyCollection<string> taskQueues,
        TaskReachability? reachability = null,
        RpcOptions? rpcOptions = null);
}
