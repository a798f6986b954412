namespace Temporalio.Client.Interceptors;

/// <summary>Lists workflows.</summary>
/// <param name="Query">The query.</param>
/// <param name="Options">Options.</param>
public record ListWorkflowsInput(
    string Query,
    WorkflowListOptions? Options);
