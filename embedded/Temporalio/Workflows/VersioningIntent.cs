namespace Temporalio.Workflows;

/// <summary>Whether a command should go to a worker compatible with this one's build id.</summary>
[Obsolete("Worker Build Id versioning is deprecated in favor of Worker Deployment versioning")]
public enum VersioningIntent
{
    /// <summary>Compatible on the same task queue, default otherwise.</summary>
    Unspecified = 0,

    /// <summary>A compatible version.</summary>
    Compatible = 1,

    /// <summary>The default version.</summary>
    CurrentDefault = 2,
}
