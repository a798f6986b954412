namespace Temporalio.Client;

/// <summary>A change of the versions that a task queue knows.</summary>
[Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
public abstract record BuildIdOp
{
    private BuildIdOp()
    {
    }

    /// <summary>Adds a version in a set of its own, which becomes the default.</summary>
    /// <param name="BuildId">The version.</param>
    public record AddNewDefault(string BuildId) : BuildIdOp;

    /// <summary>Adds a version to a set, whose default it becomes.</summary>
    /// <param name="BuildId">The version.</param>
    /// <param name="ExistingCompatibleBuildId">A version of that set.</param>
    /// <param name="MakeSetDefault">Whether the set becomes the queue's default.</param>
    public record AddNewCompatible(string BuildId, string ExistingCompatibleBuildId, bool MakeSetDefault = false) : BuildIdOp;

    /// <summary>Makes a set the queue's default.</summary>
    /// <param name="BuildId">A version of that set.</param>
    public record PromoteSetByBuildId(string BuildId) : BuildIdOp;

    /// <summary>Makes a version its set's default.</summary>
    /// <param name="BuildId">The version.</param>
    public record PromoteBuildIdWithinSet(string BuildId) : BuildIdOp;

    /// <summary>Makes one set of two; the default is the first one's.</summary>
    /// <param name="PrimaryBuildId">A version of the first set.</param>
    /// <param name="SecondaryBuildId">A version of the second set.</param>
    public record MergeSets(string PrimaryBuildId, string SecondaryBuildId) : BuildIdOp;
}
