namespace Temporalio.Client.Interceptors;

/// <summary>Changes the versions that a task queue knows.</summary>
/// <param name="TaskQueue">Task queue.</param>
/// <param name="BuildIdOp">The change.</param>
/// <param name="RpcOptions">Options of the call.</param>
[Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
public record UpdateWorkerBuildIdCompatibilityInput(
    string TaskQueue,
    BuildIdOp BuildIdOp,
    RpcOptions? RpcOptions);
