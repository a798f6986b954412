namespace Temporalio.Client.Interceptors;

public abstract partial class ClientOutboundInterceptor
{
    /// <summary>Changes the versions that a task queue knows.</summary>
    [Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
    public virtual Task UpdateWorkerBuildIdCompatibilityAsync(UpdateWorkerBuildIdCompatibilityInput input) =>
        Next.UpdateWorkerBuildIdCompatibilityAsync(input);

    /// <summary>Reads the versions that a task queue knows.</summary>
    [Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
    public virtual Task<WorkerBuildIdVersionSets?> GetWorkerBuildIdCompatibilityAsync(GetWorkerBuildIdCompatibilityInput input) =>
        Next.GetWorkerBuildIdCompatibilityAsync(input);

    /// <summary>Asks which workflows may still need some versions.</summary>
    [Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
    public virtual Task<WorkerTaskReachability> GetWorkerTaskReachabilityAsync(GetWorkerTaskReachabilityInput input) =>
        Next.GetWorkerTaskReachabilityAsync(input);
}
