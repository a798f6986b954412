using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;

namespace Temporalio.Exceptions;

/// <summary>An activity failed for good; the inner exception says why. Raised in workflows.</summary>
public class ActivityFailureException : FailureException
{
    /// <summary>From a received failure.</summary>
    /// <exception cref="ArgumentException">The failure is of another kind.</exception>
    internal protected ActivityFailureException(Failure failure, Exception? inner)
        : base(failure, inner)
    {
        if (failure.ActivityFailureInfo is null)
        {
            throw new ArgumentException("Not an activity failure: it has no activity failure info", nameof(failure));
        }
    }

    /// <summary>What was received.</summary>
    public new Failure Failure => base.Failure!;

    /// <summary>Worker that ran the last attempt, if known.</summary>
    public string? Identity => Info.Identity is { Length: > 0 } identity ? identity : null;

    /// <summary>Type name of the activity.</summary>
    public string ActivityType => Info.ActivityType.Name;

    /// <summary>Id of the activity.</summary>
    public string ActivityId => Info.ActivityId;

    /// <summary>Why there is no further attempt.</summary>
    public RetryState RetryState => Info.RetryState;

    private ActivityFailureInfo Info => Failure.ActivityFailureInfo;
}
