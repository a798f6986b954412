using Temporalio.Api.Common.V1;

namespace Temporalio.Client.Interceptors;

/// <summary>Starts a standalone activity.</summary>
/// <param name="Activity">Type of the activity.</param>
/// <param name="Args">Arguments.</param>
/// <param name="Options">Options.</param>
/// <param name="Headers">Headers, if any; interceptors may replace them.</param>
public record StartActivityInput(
    string Activity,
    IReadOnlyCollection<object?> Args,
    StartActivityOptions Options,
    IDictionary<string, Payload>? Headers);
