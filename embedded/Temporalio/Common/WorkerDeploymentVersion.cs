namespace Temporalio.Common;

/// <summary>A version of a worker deployment.</summary>
/// <param name="DeploymentName">Name of the deployment.</param>
/// <param name="BuildId">Build of it.</param>
public sealed record WorkerDeploymentVersion(string DeploymentName, string BuildId)
{
    /// <summary>Reads <c>deployment.build</c>.</summary>
    /// <exception cref="ArgumentException">There is no dot.</exception>
    public static WorkerDeploymentVersion FromCanonicalString(string canonical)
    {
        var dot = canonical.IndexOf('.', StringComparison.Ordinal);
        return dot < 0
            ? throw new ArgumentException(
                $"Cannot parse version string: {canonical}, must be in format <deployment_name>.<build_id>", nameof(canonical))
            : new(canonical[..dot], canonical[(dot + 1)..]);
    }

    /// <summary>Writes <c>deployment.build</c>.</summary>
    public string ToCanonicalString() => $"{DeploymentName}.{BuildId}";

    internal Api.Deployment.V1.WorkerDeploymentVersion ToProto() => new() { BuildId = BuildId, DeploymentName = DeploymentName };
}
