namespace Temporalio.Client.Interceptors;

/// <summary>Terminates a workflow.</summary>
/// <param name="Id">Workflow id.</param>
/// <param name="RunId">Run; null for the latest.</param>
/// <param name="FirstExecutionRunId">First run of the chain that it must be of, if given.</param>
/// <param name="Reason">Why.</param>
/// <param name="Options">Options.</param>
public record TerminateWorkflowInput(
    string Id,
    string? RunId,
    string? FirstExecutionRunId,
    string? Reason,
    WorkflowTerminateOptions? Options);
