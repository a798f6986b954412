namespace Temporalio.Common;

/// <summary>What becomes of a running workflow when a new version of its worker is deployed.</summary>
public enum VersioningBehavior
{
    /// <summary>Not said.</summary>
    Unspecified = Api.Enums.V1.VersioningBehavior.Unspecified,

    /// <summary>It stays with its version.</summary>
    Pinned = Api.Enums.V1.VersioningBehavior.Pinned,

    /// <summary>It moves to the current version.</summary>
    AutoUpgrade = Api.Enums.V1.VersioningBehavior.AutoUpgrade,
}
