namespace Temporalio.Client.Interceptors;

/// <summary>Describes a standalone activity.</summary>
/// <param name="Id">Id of the activity.</param>
/// <param name="RunId">Run; null for the latest.</param>
/// <param name="Options">Options.</param>
public record DescribeActivityInput(
    string Id,
    string? RunId,
    ActivityDescribeOptions? Options);
