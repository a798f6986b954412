using Temporalio.Api.Common.V1;

namespace Temporalio.Client.Interceptors;

/// <summary>Queries a workflow.</summary>
/// <param name="Id">Workflow id.</param>
/// <param name="RunId">Run; null for the latest.</param>
/// <param name="Query">The query.</param>
/// <param name="Args">Arguments.</param>
/// <param name="Options">Options.</param>
/// <param name="Headers">Headers, if any; interceptors may replace them.</param>
public record QueryWorkflowInput(
    string Id,
    string? RunId,
    string Query,
    IReadOnlyCollection<object?> Args,
    WorkflowQueryOptions? Options,
    IDictionary<string, Payload>? Headers);
