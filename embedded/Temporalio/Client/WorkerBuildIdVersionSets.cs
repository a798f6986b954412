using Temporalio.Api.WorkflowService.V1;

namespace Temporalio.Client;

/// <summary>The versions that a task queue knows.</summary>
/// <param name="VersionSets">The sets, the default last.</param>
[Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
public record WorkerBuildIdVersionSets(IReadOnlyCollection<BuildIdVersionSet> VersionSets)
{
    /// <summary>The queue's default version.</summary>
    public string DefaultBuildId => DefaultSet.Default;

    /// <summary>The queue's default set.</summary>
    public BuildIdVersionSet DefaultSet => VersionSets.Last();

    /// <summary>Null where the queue knows no versions.</summary>
    internal static WorkerBuildIdVersionSets? FromProto(GetWorkerBuildIdCompatibilityResponse proto) =>
        proto.MajorVersionSets.Count == 0 ? null : new([.. proto.MajorVersionSets.Select(each => new BuildIdVersionSet(each.BuildIds))]);
}
