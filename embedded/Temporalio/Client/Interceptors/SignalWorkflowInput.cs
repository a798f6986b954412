using Temporalio.Api.Common.V1;

namespace Temporalio.Client.Interceptors;

/// <summary>Signals a workflow.</summary>
/// <param name="Id">Workflow id.</param>
/// <param name="RunId">Run; null for the latest.</param>
/// <param name="Signal">Name of the signal.</param>
/// <param name="Args">Arguments.</param>
/// <param name="Options">Options.</param>
/// <param name="Headers">Headers, if any; interceptors may replace them.</param>
public record SignalWorkflowInput(
    string Id,
    string? RunId,
    string Signal,
    IReadOnlyCollection<object?> Args,
    WorkflowSignalOptions? Options,
    IDictionary<string, Payload>? Headers);
