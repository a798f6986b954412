using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalDelivery.Tests.Temporal.Costs;

/// <summary>
/// What Temporal Cloud bills as an action, by https://docs.temporal.io/cloud/actions (read in November 2026): each start of a run, and one
/// more for the intent to start a child; each attempt of an activity; all local activities of one workflow task together, because they come
/// as its markers; each timer; each signal, where it arrives, but none for the one that a run was started with; each accepted update; each
/// upsert of search attributes; each change of a run's options. Heartbeats, queries and refused updates are billed as well and stand in no
/// history, so they are not counted here.
/// </summary>
internal static class BillingRules
{
    // What the SDK itself upserts for a patch is free.
    private const string VersionAttribute = "TemporalChangeVersion";

    public static int Actions(IReadOnlyCollection<HistoryEvent> history) =>
        history.Zip(history.Prepend(null), Actions).Sum()
        + history
            .Where(e => e.EventType == EventType.MarkerRecorded)
            .DistinctBy(e => e.MarkerRecordedEventAttributes.WorkflowTaskCompletedEventId)
            .Count();

    private static int Actions(HistoryEvent e, HistoryEvent? before) =>
        e.EventType switch
        {
            EventType.WorkflowExecutionStarted => 1,
            EventType.StartChildWorkflowExecutionInitiated => 1,
            EventType.ActivityTaskStarted => Math.Max(1, e.ActivityTaskStartedEventAttributes.Attempt),
            EventType.TimerStarted => 1,
            EventType.WorkflowExecutionSignaled => before?.EventType == EventType.WorkflowExecutionStarted ? 0 : 1,
            EventType.WorkflowExecutionUpdateAccepted => 1,
            EventType.WorkflowExecutionOptionsUpdated => 1,
            EventType.UpsertWorkflowSearchAttributes =>
                e.UpsertWorkflowSearchAttributesEventAttributes.SearchAttributes.IndexedFields.Keys.All(key => key == VersionAttribute)
                    ? 0
                    : 1,
            _ => 0,
        };
}
