using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client;

/// <summary>What the last event of a run means to whoever waits for its result.</summary>
internal static class WorkflowResult
{
    /// <summary>The run that carries on, or null if this is the end of the chain or nothing is to be followed.</summary>
    /// <exception cref="WorkflowContinuedAsNewException">The run continued as another, which is not to be followed.</exception>
    internal static string? Successor(HistoryEvent close, bool followRuns)
    {
        var next = close.AttributesCase switch
        {
            HistoryEvent.AttributesOneofCase.WorkflowExecutionCompletedEventAttributes =>
                close.WorkflowExecutionCompletedEventAttributes.NewExecutionRunId,
            HistoryEvent.AttributesOneofCase.WorkflowExecutionFailedEventAttributes =>
                close.WorkflowExecutionFailedEventAttributes.NewExecutionRunId,
            HistoryEvent.AttributesOneofCase.WorkflowExecutionTimedOutEventAttributes =>
                close.WorkflowExecutionTimedOutEventAttributes.NewExecutionRunId,
            HistoryEvent.AttributesOneofCase.WorkflowExecutionContinuedAsNewEventAttributes =>
                close.WorkflowExecutionContinuedAsNewEventAttributes.NewExecutionRunId,
            _ => string.Empty,
        };
        if (close.WorkflowExecutionContinuedAsNewEventAttributes is not null)
        {
            return string.IsNullOrEmpty(next) ? throw new InvalidOperationException("Continue as new missing new run ID")
                : followRuns ? next
                : throw new WorkflowContinuedAsNewException(next);
        }

        return followRuns && !string.IsNullOrEmpty(next) ? next : null;
    }

    /// <summary>The result of a run that nothing follows.</summary>
    /// <exception cref="WorkflowFailedException">It has none.</exception>
    internal static async Task<TResult> ReadAsync<TResult>(HistoryEvent close, DataConverter converter)
    {
        if (close.WorkflowExecutionCompletedEventAttributes is { } completed)
        {
            return typeof(TResult) == typeof(ValueTuple) || completed.Result is not { Payloads_.Count: > 0 } result
                ? default!
                : await converter.ToSingleValueAsync<TResult>(result.Payloads_).ConfigureAwait(false);
        }

        throw new WorkflowFailedException(await ReasonAsync(close, converter).ConfigureAwait(false));
    }

    private static async Task<Exception> ReasonAsync(HistoryEvent close, DataConverter converter)
    {
        switch (close.AttributesCase)
        {
            case HistoryEvent.AttributesOneofCase.WorkflowExecutionFailedEventAttributes:
                return await converter.ToExceptionAsync(close.WorkflowExecutionFailedEventAttributes.Failure).ConfigureAwait(false);
            case HistoryEvent.AttributesOneofCase.WorkflowExecutionCanceledEventAttributes:
                var details = close.WorkflowExecutionCanceledEventAttributes.Details;
                return new CanceledFailureException(
                    new Failure { Message = "Workflow canceled", CanceledFailureInfo = new() { Details = details } },
                    null,
                    converter.PayloadConverter);
            case HistoryEvent.AttributesOneofCase.WorkflowExecutionTerminatedEventAttributes:
                return Terminated(close.WorkflowExecutionTerminatedEventAttributes, converter);
            case HistoryEvent.AttributesOneofCase.WorkflowExecutionTimedOutEventAttributes:
                return new TimeoutFailureException(
                    new() { Message = "Workflow timed out", TimeoutFailureInfo = new() { TimeoutType = TimeoutType.StartToClose } },
                    null,
                    converter.PayloadConverter);
            default:
                throw new InvalidOperationException($"No completion event found: the history ends with {close.EventType}");
        }
    }

    private static TerminatedFailureException Terminated(WorkflowExecutionTerminatedEventAttributes terminated, DataConverter converter) =>
        new(
            new()
            {
                Message = terminated.Reason is { Length: > 0 } reason ? reason : "Workflow terminated",
                TerminatedFailureInfo = new(),
            },
            null,
            terminated.Details is { Payloads_.Count: > 0 } details
                ? new(converter.PayloadConverter, details.Payloads_)
                : null);
}
