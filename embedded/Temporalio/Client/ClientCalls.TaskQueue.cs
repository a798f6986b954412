using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Interceptors;

namespace Temporalio.Client;

internal sealed partial class ClientCalls
{
    [Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
    public override Task UpdateWorkerBuildIdCompatibilityAsync(UpdateWorkerBuildIdCompatibilityInput input)
    {
        var request = new UpdateWorkerBuildIdCompatibilityRequest { Namespace = Namespace, TaskQueue = input.TaskQueue };
        switch (input.BuildIdOp)
        {
            case BuildIdOp.AddNewDefault change:
                request.AddNewBuildIdInNewDefaultSet = change.BuildId;
                break;
            case BuildIdOp.AddNewCompatible change:
                request.AddNewCompatibleBuildId = new()
                {
                    NewBuildId = change.BuildId,
                    ExistingCompatibleBuildId = change.ExistingCompatibleBuildId,
                    MakeSetDefault = change.MakeSetDefault,
                };
                break;
            case BuildIdOp.PromoteSetByBuildId change:
                request.PromoteSetByBuildId = change.BuildId;
                break;
            case BuildIdOp.PromoteBuildIdWithinSet change:
                request.PromoteBuildIdWithinSet = change.BuildId;
                break;
            case BuildIdOp.MergeSets change:
                request.MergeSets = new()
                {
                    PrimarySetBuildId = change.PrimaryBuildId,
                    SecondarySetBuildId = change.SecondaryBuildId,
                };
                break;
        }

        return Service.UpdateWorkerBuildIdCompatibilityAsync(request, TemporalClient.DefaultRetryOptions(input.RpcOptions));
    }

    [Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
    public override async Task<WorkerBuildIdVersionSets?> GetWorkerBuildIdCompatibilityAsync(
        GetWorkerBuildIdCompatibilityInput input) =>
        WorkerBuildIdVersionSets.FromProto(await Service.GetWorkerBuildIdCompatibilityAsync(
            new() { Namespace = Namespace, TaskQueue = input.TaskQueue, MaxSets = input.MaxSets },
            TemporalClient.DefaultRetryOptions(input.RpcOptions)).ConfigureAwait(false));

    [Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
    public override async Task<WorkerTaskReachability> GetWorkerTaskReachabilityAsync(GetWorkerTaskReachabilityInput input) =>
        WorkerTaskReachability.FromProto(await Service.GetWorkerTaskReachabilityAsync(
            new()
            {
                Namespace = Namespace,
                BuildIds = { input.BuildIds },
                TaskQueues = { input.TaskQueues },
                Reachability = input.Reachability ?? default,
            },
            TemporalClient.DefaultRetryOptions(input.RpcOptions)).ConfigureAwait(false));
}
