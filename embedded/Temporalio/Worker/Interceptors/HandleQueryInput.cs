using Temporalio.Api.Common.V1;
using Temporalio.Workflows;

namespace Temporalio.Worker.Interceptors;

/// <summary>A query to answer.</summary>
/// <param name="Id">Query id.</param>
/// <param name="Query">Query name.</param>
/// <param name="Definition">Handler.</param>
/// <param name="Args">Arguments.</param>
/// <param name="Headers">Headers received.</param>
public record HandleQueryInput(
    string Id,
    string Query,
    WorkflowQueryDefinition Definition,
    object?[] Args,
    IReadOnlyDictionary<string, Payload>? Headers);
