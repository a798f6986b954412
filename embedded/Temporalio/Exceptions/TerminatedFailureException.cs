using Temporalio.Api.Failure.V1;

namespace Temporalio.Exceptions;

/// <summary>A workflow was terminated.</summary>
public class TerminatedFailureException : FailureException
{
    /// <summary>From a received failure.</summary>
    /// <exception cref="ArgumentException">The failure is of another kind.</exception>
    internal protected TerminatedFailureException(Failure failure, Exception? inner, InboundFailureDetails? details)
        : base(failure, inner)
    {
        if (failure.TerminatedFailureInfo is null)
        {
            throw new ArgumentException("Not a termination: it has no terminated failure info", nameof(failure));
        }

        Details = details;
    }

    /// <summary>What was received.</summary>
    public new Failure Failure => base.Failure!;

    /// <summary>Values given by whoever terminated it.</summary>
    public IFailureDetails? Details { get; protected init; }
}
