using Temporalio.Activities;
using Temporalio.Api.Common.V1;

namespace Temporalio.Worker.Interceptors;

/// <summary>An activity to run.</summary>
/// <param name="Activity">Definition.</param>
/// <param name="Args">Arguments.</param>
/// <param name="Headers">Headers received.</param>
public record ExecuteActivityInput(
    ActivityDefinition Activity,
    object?[] Args,
    IReadOnlyDictionary<string, Payload>? Headers);
