using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;

namespace Temporalio.Worker.Machines;

/// <summary>What came of running a local activity, its local retries included.</summary>
/// <param name="Result">Result, encoded.</param>
/// <param name="Failure">Failure, encoded; null if it completed.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Attempt">Last attempt.</param>
/// <param name="BackOff">Delay before the next attempt, if that is long enough for a durable timer.</param>
internal sealed record LocalActivityResult(
    Payload? Result, Failure? Failure, TimeSpan Elapsed, int Attempt, TimeSpan? BackOff)
{
    internal static LocalActivityResult Canceled(int attempt) => new(
        null,
        new() { Message = "Activity cancelled", CanceledFailureInfo = new() },
        TimeSpan.Zero,
        attempt,
        null);
}
