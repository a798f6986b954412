using Temporalio.Api.Common.V1;
using Temporalio.Workflows;

namespace Temporalio.Worker.Interceptors;

/// <summary>An update to validate or handle.</summary>
/// <param name="Id">Update id.</param>
/// <param name="Update">Update name.</param>
/// <param name="Definition">Handler.</param>
/// <param name="Args">Arguments.</param>
/// <param name="Headers">Headers received.</param>
public record HandleUpdateInput(
    string Id,
    string Update,
    WorkflowUpdateDefinition Definition,
    object?[] Args,
    IReadOnlyDictionary<string, Payload>? Headers);
