using Temporalio.Api.Enums.V1;

namespace Temporalio.Client;

/// <summary>Which workflows may still need a version.</summary>
/// <param name="TaskQueueReachability">Kinds of workflows by task queue; empty where none does.</param>
/// <param name="UnretrievedTaskQueues">Queues that the server did not look at.</param>
[Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
public record BuildIdReachability(
    IReadOnlyDictionary<string, IReadOnlyCollection<TaskReachability>> TaskQueueReachability,
    IReadOnlyCollection<string> UnretrievedTaskQueues)
{
    internal static BuildIdReachability FromProto(Api.TaskQueue.V1.BuildIdReachability proto)
    {
        var queues = proto.TaskQueueReachability.ToLookup(each => each.Reachability is [TaskReachability.Unspecified]);
        return new(
            queues[false].ToDictionary(each => each.TaskQueue, IReadOnlyCollection<TaskReachability> (each) => each.Reachability),
            [.. queues[true].Select(each => each.TaskQueue)]);
    }
}
