namespace Temporalio.Client.Interceptors;

/// <summary>Asks a workflow to cancel.</summary>
/// <param name="Id">Workflow id.</param>
/// <param name="RunId">Run; null for the latest.</param>
/// <param name="FirstExecutionRunId">First run of the chain that it must be of, if given.</param>
/// <param name="Options">Options.</param>
public record CancelWorkflowInput(
    string Id,
    string? RunId,
    string? FirstExecutionRunId,
    WorkflowCancelOptions? Options);
