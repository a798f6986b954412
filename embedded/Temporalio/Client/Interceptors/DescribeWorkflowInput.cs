namespace Temporalio.Client.Interceptors;

/// <summary>Describes a workflow.</summary>
/// <param name="Id">Workflow id.</param>
/// <param name="RunId">Run; null for the latest.</param>
/// <param name="Options">Options.</param>
public record DescribeWorkflowInput(
    string Id,
    string? RunId,
    WorkflowDescribeOptions? Options);
