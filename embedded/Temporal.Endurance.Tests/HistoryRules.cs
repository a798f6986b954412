using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Common;
using Case = Temporalio.Api.History.V1.HistoryEvent.AttributesOneofCase;

namespace Temporal.Endurance.Tests;

/// <summary>What holds for the history of every run that has ended.</summary>
internal static class HistoryRules
{
    /// <summary>Checks a history.</summary>
    public static void Check(WorkflowHistory history)
    {
        var events = history.Events.ToList();
        Assert.Equal(Enumerable.Range(1, events.Count).Select(id => (long)id), events.Select(e => e.EventId));
        CheckTimes(events);
        Assert.Equal([events.Count], events.Where(Closes).Select(e => (int)e.EventId));
        CheckWorkflowTasks(events);
        CheckPairs(events, Case.ActivityTaskScheduledEventAttributes, e => e.ActivityTaskCompletedEventAttributes?.ScheduledEventId);
        CheckPairs(events, Case.ActivityTaskScheduledEventAttributes, e => e.ActivityTaskStartedEventAttributes?.ScheduledEventId);
        CheckPairs(events, Case.TimerStartedEventAttributes, e => e.TimerFiredEventAttributes?.StartedEventId);
        CheckPairs(events, Case.StartChildWorkflowExecutionInitiatedEventAttributes, e =>
            e.ChildWorkflowExecutionStartedEventAttributes?.InitiatedEventId
        );
        CheckPairs(events, Case.StartChildWorkflowExecutionInitiatedEventAttributes, e =>
            e.ChildWorkflowExecutionCompletedEventAttributes?.InitiatedEventId
        );
        CheckPairs(events, Case.SignalExternalWorkflowExecutionInitiatedEventAttributes, e =>
            e.ExternalWorkflowExecutionSignaledEventAttributes?.InitiatedEventId
        );
        CheckPairs(events, Case.WorkflowExecutionUpdateAcceptedEventAttributes, e =>
            e.WorkflowExecutionUpdateCompletedEventAttributes?.AcceptedEventId
        );
    }

    private static bool Closes(HistoryEvent e) =>
        e.AttributesCase is Case.WorkflowExecutionCompletedEventAttributes or Case.WorkflowExecutionContinuedAsNewEventAttributes;

    // What came from outside during a workflow task keeps the time at which it came, as in Temporal; the workflow tasks are the line.
    private static void CheckTimes(List<HistoryEvent> events)
    {
        var times = events
            .Where(e =>
                e.EventType
                    is EventType.WorkflowExecutionStarted
                        or EventType.WorkflowTaskScheduled
                        or EventType.WorkflowTaskStarted
                        or EventType.WorkflowTaskCompleted
                        or EventType.WorkflowTaskFailed
                        or EventType.WorkflowTaskTimedOut
                || Closes(e)
            )
            .Select(e => e.EventTime.ToDateTimeOffset())
            .ToList();
        Assert.Equal(times.Order(), times);
    }

    // At most one workflow task at a time: scheduled, started, and then exactly one end.
    private static void CheckWorkflowTasks(List<HistoryEvent> events)
    {
        var (scheduled, started) = (0L, 0L);
        foreach (var e in events)
        {
            switch (e.AttributesCase)
            {
                case Case.WorkflowTaskScheduledEventAttributes:
                    Assert.Equal((0, 0), (scheduled, started));
                    scheduled = e.EventId;
                    break;
                case Case.WorkflowTaskStartedEventAttributes:
                    Assert.Equal((e.WorkflowTaskStartedEventAttributes.ScheduledEventId, 0), (scheduled, started));
                    started = e.EventId;
                    break;
                case Case.WorkflowTaskCompletedEventAttributes:
                    Assert.Equal(
                        (e.WorkflowTaskCompletedEventAttributes.ScheduledEventId, e.WorkflowTaskCompletedEventAttributes.StartedEventId),
                        (scheduled, started)
                    );
                    (scheduled, started) = (0, 0);
                    break;
                case Case.WorkflowTaskTimedOutEventAttributes:
                    Assert.Equal(
                        (e.WorkflowTaskTimedOutEventAttributes.ScheduledEventId, e.WorkflowTaskTimedOutEventAttributes.StartedEventId),
                        (scheduled, started)
                    );
                    (scheduled, started) = (0, 0);
                    break;
                case Case.WorkflowTaskFailedEventAttributes:
                    Assert.Equal(
                        (e.WorkflowTaskFailedEventAttributes.ScheduledEventId, e.WorkflowTaskFailedEventAttributes.StartedEventId),
                        (scheduled, started)
                    );
                    (scheduled, started) = (0, 0);
                    break;
            }
        }

        Assert.Equal((0, 0), (scheduled, started));
    }

    // Everything begun was answered exactly once.
    private static void CheckPairs(List<HistoryEvent> events, Case begins, Func<HistoryEvent, long?> answers) =>
        Assert.Equal(events.Where(e => e.AttributesCase == begins).Select(e => e.EventId), events.Select(answers).OfType<long>().Order());
}
