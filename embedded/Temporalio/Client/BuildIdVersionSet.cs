namespace Temporalio.Client;

/// <summary>Versions that can take over from each other.</summary>
/// <param name="BuildIds">The versions, the default last.</param>
[Obsolete("Use the Worker Deployment API instead. See https://docs.temporal.io/worker-deployments")]
public record BuildIdVersionSet(IReadOnlyCollection<string> BuildIds)
{
    /// <summary>The default.</summary>
    public string Default => BuildIds.Last();
}
