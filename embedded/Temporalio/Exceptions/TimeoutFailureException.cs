using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Converters;

namespace Temporalio.Exceptions;

/// <summary>A workflow or an activity timed out.</summary>
public class TimeoutFailureException : FailureException
{
    /// <summary>From a received failure.</summary>
    /// <exception cref="ArgumentException">The failure is of another kind.</exception>
    internal protected TimeoutFailureException(Failure failure, Exception? inner, IPayloadConverter converter)
        : base(failure, inner)
    {
        var info = failure.TimeoutFailureInfo
            ?? throw new ArgumentException("Not a time-out: it has no timeout failure info", nameof(failure));
        LastHeartbeatDetails = new(converter, info.LastHeartbeatDetails?.Payloads_);
    }

    /// <summary>What was received.</summary>
    public new Failure Failure => base.Failure!;

    /// <summary>Which of the time-outs.</summary>
    public TimeoutType TimeoutType => Failure.TimeoutFailureInfo.TimeoutType;

    /// <summary>What the activity said last.</summary>
    public InboundFailureDetails LastHeartbeatDetails { get; protected init; }
}
