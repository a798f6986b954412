using Temporalio.Api.Failure.V1;

namespace Temporalio.Exceptions;

/// <summary>An exception that crosses the wire as a <see cref="Api.Failure.V1.Failure" />.</summary>
public class FailureException : TemporalException
{
    /// <summary>A failure raised on this side.</summary>
    internal protected FailureException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>A failure received from the server.</summary>
    internal protected FailureException(Failure failure, Exception? inner)
        : base(failure.Message, inner) => Failure = failure;

    /// <summary>What was received, or null when the exception was raised on this side.</summary>
    public Failure? Failure { get; protected init; }

    /// <summary>The local stack trace, or where there is none, the one that was received.</summary>
    public override string? StackTrace
    {
        get
        {
            var local = base.StackTrace;
            return string.IsNullOrEmpty(local) && Failure is { StackTrace.Length: > 0 } received ? received.StackTrace : local;
        }
    }
}
