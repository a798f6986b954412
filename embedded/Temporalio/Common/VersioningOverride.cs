using Proto = Temporalio.Api.Workflow.V1.VersioningOverride;

namespace Temporalio.Common;

/// <summary>A versioning behaviour that one workflow has in place of its type's.</summary>
public abstract record VersioningOverride
{
    private VersioningOverride()
    {
    }

    /// <summary>How firmly a version is pinned.</summary>
    public enum PinnedOverrideBehavior
    {
        /// <summary>Not said.</summary>
        Unspecified = Proto.Types.PinnedOverrideBehavior.Unspecified,

        /// <summary>Pinned to it.</summary>
        Pinned = Proto.Types.PinnedOverrideBehavior.Pinned,
    }

    // The deprecated fields are for servers that know no others.
    internal Proto ToProto() => this is Pinned pinned
        ? new()
        {
            Behavior = Api.Enums.V1.VersioningBehavior.Pinned,
            PinnedVersion = pinned.Version.ToCanonicalString(),
            Pinned = new()
            {
                Version = pinned.Version.ToProto(),
                Behavior = (Proto.Types.PinnedOverrideBehavior)pinned.Behavior,
            },
        }
        : new()
        {
            Behavior = Api.Enums.V1.VersioningBehavior.AutoUpgrade,
            AutoUpgrade = true,
        };

    /// <summary>Stays with a version.</summary>
    /// <param name="Version">The version.</param>
    /// <param name="Behavior">How firmly.</param>
    public sealed record Pinned(
        WorkerDeploymentVersion Version,
        PinnedOverrideBehavior Behavior = PinnedOverrideBehavior.Pinned) : VersioningOverride;

    /// <summary>Moves to the current version.</summary>
    public sealed record AutoUpgrade() : VersioningOverride;
}
