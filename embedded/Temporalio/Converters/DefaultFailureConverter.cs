using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Exceptions;

namespace Temporalio.Converters;

/// <summary>The failure conversion that every Temporal SDK understands. Other exceptions become application failures named after their type.</summary>
public class DefaultFailureConverter : IFailureConverter
{
    private const string MessageAttribute = "message";
    private const string StackTraceAttribute = "stack_trace";

    /// <summary>With message and stack trace readable.</summary>
    public DefaultFailureConverter()
        : this(new())
    {
    }

    /// <summary>With options.</summary>
    protected DefaultFailureConverter(DefaultFailureConverterOptions options) => Options = options;

    /// <summary>The options.</summary>
    public DefaultFailureConverterOptions Options { get; private init; }

    /// <inheritdoc />
    public virtual Failure ToFailure(Exception exception, IPayloadConverter payloadConverter)
    {
        var raised = exception as FailureException
            ?? new ApplicationFailureException(exception.Message, exception.InnerException, exception.GetType().Name);

        // The stack is the original's: a wrapper that was never thrown has none.
        var failure = ToFailure(raised, exception.StackTrace, payloadConverter);
        if (Options.EncodeCommonAttributes)
        {
            failure.EncodedAttributes = payloadConverter.ToPayload(new Dictionary<string, string>
            {
                [MessageAttribute] = failure.Message,
                [StackTraceAttribute] = failure.StackTrace,
            });
            failure.Message = "Encoded failure";
            failure.StackTrace = string.Empty;
        }

        return failure;
    }

    /// <inheritdoc />
    public virtual Exception ToException(Failure failure, IPayloadConverter payloadConverter)
    {
        if (failure.EncodedAttributes is { } attributes)
        {
            RestoreAttributes(failure, attributes, payloadConverter);
        }

        var inner = failure.Cause is { } cause ? ToException(cause, payloadConverter) : null;
        return failure.FailureInfoCase switch
        {
            Failure.FailureInfoOneofCase.ApplicationFailureInfo => new ApplicationFailureException(failure, inner, payloadConverter),
            Failure.FailureInfoOneofCase.TimeoutFailureInfo => new TimeoutFailureException(failure, inner, payloadConverter),
            Failure.FailureInfoOneofCase.CanceledFailureInfo => new CanceledFailureException(failure, inner, payloadConverter),
            Failure.FailureInfoOneofCase.TerminatedFailureInfo => new TerminatedFailureException(failure, inner, null),
            Failure.FailureInfoOneofCase.ActivityFailureInfo => new ActivityFailureException(failure, inner),
            Failure.FailureInfoOneofCase.ChildWorkflowExecutionFailureInfo => new ChildWorkflowFailureException(failure, inner),
            Failure.FailureInfoOneofCase.NexusOperationExecutionFailureInfo => new NexusOperationFailureException(failure, inner),
            _ => new FailureException(failure, inner),
        };
    }

    private static void RestoreAttributes(Failure failure, Payload attributes, IPayloadConverter converter)
    {
        Dictionary<string, string>? restored;
        try
        {
            restored = converter.ToValue<Dictionary<string, string>?>(attributes);
        }
        catch (Exception e) when (e is ArgumentException or JsonException or NotSupportedException)
        {
            // Encoded by a converter we do not have: the placeholder message stays, the failure itself must get through.
            return;
        }

        if (restored is not null && restored.TryGetValue(MessageAttribute, out var message))
        {
            failure.Message = message;
            if (restored.TryGetValue(StackTraceAttribute, out var stackTrace))
            {
                failure.StackTrace = stackTrace;
            }
        }
    }

    private static Payloads? Encode(IFailureDetails details, IPayloadConverter converter) => details switch
    {
        OutboundFailureDetails { Count: 0 } => null,
        OutboundFailureDetails outbound => new() { Payloads_ = { outbound.Details!.Select(converter.ToPayload) } },
        _ => throw new ArgumentException($"Details of a failure raised here must be {nameof(OutboundFailureDetails)}, not {details.GetType()}"),
    };

    private Failure ToFailure(FailureException exception, string? stackTrace, IPayloadConverter converter)
    {
        // A received failure travels on as it came; a copy, since its owner keeps it.
        if (exception.Failure is { } received)
        {
            return received.Clone();
        }

        var failure = new Failure
        {
            Message = exception.Message,
            StackTrace = stackTrace ?? string.Empty,
            Cause = exception.InnerException is { } inner ? ToFailure(inner, converter) : null,
        };
        switch (exception)
        {
            case ApplicationFailureException application:
                failure.ApplicationFailureInfo = new()
                {
                    Type = application.ErrorType ?? string.Empty,
                    NonRetryable = application.NonRetryable,
                    Details = Encode(application.Details, converter),
                    NextRetryDelay = application.NextRetryDelay is { } delay ? Duration.FromTimeSpan(delay) : null,
                    Category = application.Category,
                };
                break;
            case CanceledFailureException canceled:
                failure.CanceledFailureInfo = new() { Details = Encode(canceled.Details, converter) };
                break;
            case WorkflowAlreadyStartedException:
                // Has no info of its own on the wire.
                break;
            default:
                throw new ArgumentException($"{exception.GetType()} was not received from a server and cannot be sent to one");
        }

        return failure;
    }

    /// <summary>The same with message and stack trace in a payload, so that a codec can encrypt them.</summary>
    public class WithEncodedCommonAttributes : DefaultFailureConverter
    {
        /// <summary>With message and stack trace in a payload.</summary>
        public WithEncodedCommonAttributes()
            : base(new() { EncodeCommonAttributes = true })
        {
        }
    }
}
