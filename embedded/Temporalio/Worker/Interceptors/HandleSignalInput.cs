using Temporalio.Api.Common.V1;
using Temporalio.Workflows;

namespace Temporalio.Worker.Interceptors;

/// <summary>A signal to handle.</summary>
/// <param name="Signal">Signal name.</param>
/// <param name="Definition">Handler.</param>
/// <param name="Args">Arguments.</param>
/// <param name="Headers">Headers received.</param>
public record HandleSignalInput(
    string Signal,
    WorkflowSignalDefinition Definition,
    object?[] Args,
    IReadOnlyDictionary<string, Payload>? Headers);
