namespace Temporalio.Client;

/// <summary>A page of workflows.</summary>
/// <param name="Workflows">The workflows.</param>
/// <param name="NextPageToken">Where to go on; null after the last.</param>
public record WorkflowListPage(IReadOnlyCollection<WorkflowExecution> Workflows, byte[]? NextPageToken);
