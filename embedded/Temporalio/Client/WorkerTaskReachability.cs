using Temporalio.Api.WorkflowService.V1;

namespace Temporalio.Client;

/// <summary>Which workflows may still need some versions.</summary>
/// <param name="BuildIdReachability">By version.</param>
[Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
public record WorkerTaskReachability(IReadOnlyDictionary<string, BuildIdReachability> BuildIdReachability)
{
    internal static WorkerTaskReachability FromProto(GetWorkerTaskReachabilityResponse proto) => new(
        proto.BuildIdReachability.ToDictionary(each => each.BuildId, Client.BuildIdReachability.FromProto));
}
