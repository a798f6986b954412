namespace Temporalio.Client.Interceptors;

/// <summary>Reads the versions that a task queue knows.</summary>
/// <param name="TaskQueue">Task queue.</param>
/// <param name="MaxSets">Most sets to return; 0 for all.</param>
/// <param name="RpcOptions">Options of the call.</param>
[Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
public record GetWorkerBuildIdCompatibilityInput(
    string TaskQueue,
    int MaxSets,
    RpcOptions? RpcOptions);
