using Temporalio.Api.Enums.V1;

namespace Temporalio.Client.Interceptors;

/// <summary>Asks which workflows may still need some versions.</summary>
/// <param name="BuildIds">The versions; at least one.</param>
/// <param name="TaskQueues">Task queues to look at; empty for all.</param>
/// <param name="Reachability">Kind of workflows; null for the server's default.</param>
/// <param name="RpcOptions">Options of the call.</param>
[Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
public record GetWorkerTaskReachabilityInput(
    IReadOnlyCollection<string> BuildIds,
    IReadOnlyCollection<string> TaskQueues,
    TaskReachability? Reachability,
    RpcOptions? RpcOptions);
