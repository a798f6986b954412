namespace Temporalio.Extensions.Hosting;

/// <summary>Which of a host's workers a service is. Task queue and version together are unique in a host.</summary>
/// <param name="TaskQueue">The worker's task queue.</param>
/// <param name="Version">Its build id or deployment version, in canonical form; null when it has none.</param>
/// <param name="VersionIsBuildId">Whether <paramref name="Version"/> is a build id.</param>
public record TemporalWorkerServiceIdentifier(string TaskQueue, string? Version, bool VersionIsBuildId);
