namespace Temporalio.Worker.Tuning;

/// <summary>Targets of resource-based slots.</summary>
/// <param name="TargetMemoryUsage">Share of memory in use, from 0 to 1.</param>
/// <param name="TargetCpuUsage">Share of CPU in use, from 0 to 1.</param>
public sealed record ResourceBasedTunerOptions(
    double TargetMemoryUsage,
    double TargetCpuUsage);
