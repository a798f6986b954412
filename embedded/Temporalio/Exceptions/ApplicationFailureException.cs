using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Converters;

namespace Temporalio.Exceptions;

/// <summary>The failure that user code raises, in workflows to fail them and in activities to say more than an ordinary exception can.</summary>
public class ApplicationFailureException : FailureException
{
    /// <summary>A failure without a cause.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="errorType">Type by which retry policies tell failures apart.</param>
    /// <param name="nonRetryable">Whether retrying is pointless.</param>
    /// <param name="details">Values for whoever handles it; they must be serializable.</param>
    /// <param name="nextRetryDelay">Wait before the next attempt in place of the retry policy's.</param>
    /// <param name="category">How loudly it is reported.</param>
    public ApplicationFailureException(
        string message,
        string? errorType = null,
        bool nonRetryable = false,
        IReadOnlyCollection<object?>? details = null,
        TimeSpan? nextRetryDelay = null,
        ApplicationErrorCategory category = ApplicationErrorCategory.Unspecified)
        : this(message, null, errorType, nonRetryable, details ?? [], nextRetryDelay, category)
    {
    }

    /// <summary>A failure with a cause.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="inner">What caused it.</param>
    /// <param name="errorType">Type by which retry policies tell failures apart.</param>
    /// <param name="nonRetryable">Whether retrying is pointless.</param>
    /// <param name="details">Values for whoever handles it; they must be serializable.</param>
    /// <param name="nextRetryDelay">Wait before the next attempt in place of the retry policy's.</param>
    /// <param name="category">How loudly it is reported.</param>
    public ApplicationFailureException(
        string message,
        Exception? inner,
        string? errorType = null,
        bool nonRetryable = false,
        IReadOnlyCollection<object?>? details = null,
        TimeSpan? nextRetryDelay = null,
        ApplicationErrorCategory category = ApplicationErrorCategory.Unspecified)
        : base(message, inner)
    {
        ErrorType = errorType;
        NonRetryable = nonRetryable;
        Details = new OutboundFailureDetails(details);
        NextRetryDelay = nextRetryDelay;
        Category = category;
    }

    /// <summary>From a received failure.</summary>
    /// <exception cref="ArgumentException">The failure is of another kind.</exception>
    internal protected ApplicationFailureException(Failure failure, Exception? inner, IPayloadConverter converter)
        : base(failure, inner)
    {
        var info = failure.ApplicationFailureInfo
            ?? throw new ArgumentException("Not an application failure: it has no application failure info", nameof(failure));
        ErrorType = info.Type is { Length: > 0 } type ? type : null;
        NonRetryable = info.NonRetryable;
        Details = new InboundFailureDetails(converter, info.Details?.Payloads_);
        NextRetryDelay = info.NextRetryDelay?.ToTimeSpan();
        Category = info.Category;
    }

    /// <summary>Type by which retry policies tell failures apart.</summary>
    public string? ErrorType { get; protected init; }

    /// <summary>Whether retrying is pointless.</summary>
    public bool NonRetryable { get; protected init; }

    /// <summary>Values that came with it.</summary>
    public IFailureDetails Details { get; protected init; }

    /// <summary>Wait before the next attempt in place of the retry policy's.</summary>
    public TimeSpan? NextRetryDelay { get; protected init; }

    /// <summary>How loudly it is reported.</summary>
    public ApplicationErrorCategory Category { get; protected init; }
}
