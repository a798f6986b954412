namespace Temporalio.Client.Interceptors;

/// <summary>Lists a page of workflows.</summary>
/// <param name="Query">The query.</param>
/// <param name="NextPageToken">Where to go on; null to begin.</param>
/// <param name="Options">Options.</param>
public record ListWorkflowsPaginatedInput(
    string Query,
    byte[]? NextPageToken,
    WorkflowListPaginatedOptions? Options);
