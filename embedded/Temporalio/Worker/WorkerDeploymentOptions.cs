using Temporalio.Common;

namespace Temporalio.Worker;

/// <summary>The deployment version that a worker belongs to.</summary>
public class WorkerDeploymentOptions : ICloneable
{
    /// <summary>Initializes a new instance of the <see cref="WorkerDeploymentOptions" /> class.</summary>
    public WorkerDeploymentOptions()
    {
    }

    /// <summary>Initializes a new instance of the <see cref="WorkerDeploymentOptions" /> class.</summary>
    /// <param name="version">See <see cref="Version" />.</param>
    /// <param name="useWorkerVersioning">See <see cref="UseWorkerVersioning" />.</param>
    public WorkerDeploymentOptions(WorkerDeploymentVersion version, bool useWorkerVersioning)
    {
        Version = version;
        UseWorkerVersioning = useWorkerVersioning;
    }

    /// <summary>Gets or sets the version.</summary>
    public WorkerDeploymentVersion? Version { get; set; }

    /// <summary>Gets or sets a value indicating whether the server routes tasks by version.</summary>
    public bool UseWorkerVersioning { get; set; }

    /// <summary>Gets or sets how runs of workflows that do not say so move between versions.</summary>
    public VersioningBehavior DefaultVersioningBehavior { get; set; } = VersioningBehavior.Unspecified;

    /// <summary>Makes a shallow copy.</summary>
    /// <returns>The copy.</returns>
    public virtual object Clone() => MemberwiseClone();
}
