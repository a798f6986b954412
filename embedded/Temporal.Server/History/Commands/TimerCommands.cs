using Temporal.Server.History.State;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Commands;

/// <summary>START_TIMER and CANCEL_TIMER.</summary>
internal static class TimerCommands
{
    /// <summary>Starts a timer.</summary>
    public static void Start(CommandScope scope, Command command)
    {
        var attributes = command.StartTimerCommandAttributes;
        Ids.Require(scope.Limits, attributes.TimerId, "timer id", WorkflowTaskFailedCause.BadStartTimerAttributes);
        if (attributes.StartToFireTimeout.ToSpan() < TimeSpan.Zero)
        {
            throw new BadCommandException(
                WorkflowTaskFailedCause.BadStartTimerAttributes,
                $"Timer {attributes.TimerId} has a negative duration."
            );
        }

        if (scope.State.Timers.ContainsKey(attributes.TimerId))
        {
            throw new BadCommandException(WorkflowTaskFailedCause.StartTimerDuplicateId, $"Timer {attributes.TimerId} is running already.");
        }

        scope.Add(
            command,
            new HistoryEvent
            {
                TimerStartedEventAttributes = new TimerStartedEventAttributes
                {
                    TimerId = attributes.TimerId,
                    StartToFireTimeout = attributes.StartToFireTimeout,
                    WorkflowTaskCompletedEventId = scope.CompletedEventId,
                },
            }
        );
    }

    /// <summary>Cancels a timer, also one whose firing the worker has not seen yet.</summary>
    public static void Cancel(CommandScope scope, Command command)
    {
        var timerId = command.CancelTimerCommandAttributes.TimerId;
        Ids.Require(scope.Limits, timerId, "timer id", WorkflowTaskFailedCause.BadCancelTimerAttributes);
        scope.Add(
            command,
            new HistoryEvent
            {
                TimerCanceledEventAttributes = new TimerCanceledEventAttributes
                {
                    TimerId = timerId,
                    StartedEventId = StartedEventOf(scope.State, timerId),
                    WorkflowTaskCompletedEventId = scope.CompletedEventId,
                    Identity = scope.Request.Identity,
                },
            }
        );
    }

    private static long StartedEventOf(RunState state, string timerId)
    {
        if (state.Timers.TryGetValue(timerId, out var timer))
        {
            return timer.StartedEventId;
        }

        var fired = state.Buffered.Find(e => e.TimerFiredEventAttributes?.TimerId == timerId)
            ?? throw new BadCommandException(WorkflowTaskFailedCause.BadCancelTimerAttributes, $"No timer {timerId} is running.");
        state.DropBuffered(e => e == fired);
        return fired.TimerFiredEventAttributes.StartedEventId;
    }
}
