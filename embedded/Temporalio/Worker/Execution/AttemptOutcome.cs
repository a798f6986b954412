using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;

namespace Temporalio.Worker.Execution;

/// <summary>How one attempt of an activity ended.</summary>
internal abstract record AttemptOutcome
{
    internal sealed record Completed(Payload Result) : AttemptOutcome;

    internal sealed record Failed(Failure Failure) : AttemptOutcome
    {
        /// <summary>For what nothing better can be made of, in the official package's words.</summary>
        internal static Failed Of(Exception e) => new(new Failure
        {
            Message = $"Failed building completion: {e}",
            ApplicationFailureInfo = new() { Type = e.GetType().Name },
        });
    }

    internal sealed record Canceled(Failure Failure) : AttemptOutcome;

    /// <summary>Someone else completes it.</summary>
    internal sealed record CompletedElsewhere : AttemptOutcome;

    /// <summary>The server no longer waits for it.</summary>
    internal sealed record NotWanted : AttemptOutcome;
}
