using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalDelivery.Tests.Temporal.Costs;

/// <summary>
/// How many transactions a genuine server (1.32.0) needs for a whole history. It is held against what that server itself has counted
/// (<c>tests/Temporal/Histories</c>), and against what the embedded server counts as it goes: that is written apart, so that each convicts
/// the other. The rules:
/// <list type="number">
/// <item>What comes from outside costs one: a signal, a request to cancel, fired timers, an activity's end (its start is written with it),
/// a child's start and its end, the result of a message to another run. The workflow task that it schedules is in the same
/// transaction.</item>
/// <item>The start of a workflow task costs one, and its end another, with all its commands and the outcomes of updates. A start that
/// comes with the answer to the task before it, or with the answer to the start of the run, costs nothing.</item>
/// <item>The first workflow task of a child, and of a run whose start is delayed, is scheduled by a transaction of its own.</item>
/// <item>A task that only an update has caused is one transaction: its scheduling and its start are not written.</item>
/// <item>A signal from another workflow costs two: afterwards the sender's server takes back the id that kept it from coming twice.</item>
/// <item>The start of an activity that is not started eagerly costs one, each failed attempt two (its end and the next start). History
/// tells the first by the time between scheduling and start only, so a busy server adds one for an activity that had to wait.</item>
/// </list>
/// Heartbeats cost one each and stand in no history.
/// </summary>
internal sealed class TransitionRules(IReadOnlyList<HistoryEvent> history)
{
    // The request id of a workflow task that was started with the answer to the one before it.
    private const string StartedWithAnswer = "request-from-RespondWorkflowTaskCompleted";

    // A run that is started eagerly has its first workflow task's start here.
    private const long EagerStartedId = 3;

    // An SDK asks for at most so many eager activities in one workflow task.
    private const int MostEager = 3;

    // The clock readings of one transaction are closer together.
    private static readonly TimeSpan OneTransaction = TimeSpan.FromMilliseconds(20);

    private readonly WorkflowExecutionStartedEventAttributes started = history[0].WorkflowExecutionStartedEventAttributes;

    private readonly HashSet<long> tasksWithUpdates =
    [
        .. history
            .Where(e => e.EventType == EventType.WorkflowExecutionUpdateAccepted)
            .Select(e => e.WorkflowExecutionUpdateAcceptedEventAttributes.AcceptedRequestSequencingEventId),
    ];

    public int Count() => Enumerable.Range(0, history.Count).Sum(Cost);

    private int Cost(int index)
    {
        var e = history[index];
        switch (e.EventType)
        {
            case EventType.WorkflowTaskScheduled:
                // Of the attempts between the first, whose events are written, and this one only the number is: each started and failed.
                return (IsFirstTask(index) && StartsAlone ? 1 : 0) + (2 * Math.Max(0, e.WorkflowTaskScheduledEventAttributes.Attempt - 2));
            case EventType.WorkflowTaskStarted:
                return IsStartedWithAnswer(e) || IsOfUpdateOnly(index) ? 0 : 1;
            case EventType.WorkflowExecutionSignaled when index == 1 && !StartsAlone:
                return 0;
            case EventType.WorkflowExecutionSignaled:
                return e.WorkflowExecutionSignaledEventAttributes.ExternalWorkflowExecution is null ? 1 : 2;
            case EventType.TimerFired:
                return history[index - 1].EventType == EventType.TimerFired && After(history[index - 1], e) < OneTransaction ? 0 : 1;
            case EventType.ActivityTaskStarted:
                return 1 + UnwrittenStarts(e);
            case EventType.ActivityTaskTimedOut:
                return e.ActivityTaskTimedOutEventAttributes.StartedEventId == 0 ? 1 : 0;
            case EventType.WorkflowExecutionTerminated or EventType.WorkflowExecutionTimedOut:
                // The workflow task that was running is failed by the same transaction.
                return history[index - 1].WorkflowTaskFailedEventAttributes?.Cause == WorkflowTaskFailedCause.ForceCloseCommand ? 0 : 1;
            default:
                return IsTransaction(e.EventType) ? 1 : 0;
        }
    }

    private static bool IsTransaction(EventType type) =>
        type
            is EventType.WorkflowExecutionStarted
                or EventType.WorkflowTaskCompleted
                or EventType.WorkflowTaskFailed
                or EventType.WorkflowTaskTimedOut
                or EventType.WorkflowExecutionCancelRequested
                or EventType.WorkflowExecutionOptionsUpdated
                or EventType.StartChildWorkflowExecutionFailed
                or EventType.ChildWorkflowExecutionStarted
                or EventType.ChildWorkflowExecutionCompleted
                or EventType.ChildWorkflowExecutionFailed
                or EventType.ChildWorkflowExecutionCanceled
                or EventType.ChildWorkflowExecutionTimedOut
                or EventType.ChildWorkflowExecutionTerminated
                or EventType.ExternalWorkflowExecutionSignaled
                or EventType.SignalExternalWorkflowExecutionFailed
                or EventType.ExternalWorkflowExecutionCancelRequested
                or EventType.RequestCancelExternalWorkflowExecutionFailed;

    // What the end of a workflow task writes: a task that is scheduled after it has no cause that history shows.
    private static bool IsWrittenByTaskEnd(EventType type) =>
        type
            is EventType.WorkflowTaskCompleted
                or EventType.ActivityTaskScheduled
                or EventType.ActivityTaskCancelRequested
                or EventType.TimerStarted
                or EventType.TimerCanceled
                or EventType.MarkerRecorded
                or EventType.StartChildWorkflowExecutionInitiated
                or EventType.SignalExternalWorkflowExecutionInitiated
                or EventType.RequestCancelExternalWorkflowExecutionInitiated
                or EventType.UpsertWorkflowSearchAttributes
                or EventType.WorkflowPropertiesModified
                or EventType.WorkflowExecutionUpdateAccepted
                or EventType.WorkflowExecutionUpdateCompleted;

    private bool StartsAlone =>
        (started.ParentWorkflowExecution is not null && started.ContinuedExecutionRunId.Length == 0)
        || started.FirstWorkflowTaskBackoff?.ToTimeSpan() > TimeSpan.Zero;

    private bool IsFirstTask(int index) => !history.Take(index).Any(e => e.EventType == EventType.WorkflowTaskScheduled);

    private bool IsStartedWithAnswer(HistoryEvent e) =>
        e.WorkflowTaskStartedEventAttributes.RequestId == StartedWithAnswer
        || (started.EagerExecutionAccepted && e.EventId == EagerStartedId);

    private bool IsOfUpdateOnly(int index) =>
        index >= 2
        && history[index - 1].EventType == EventType.WorkflowTaskScheduled
        && IsWrittenByTaskEnd(history[index - 2].EventType)
        && tasksWithUpdates.Contains(history[index - 1].EventId);

    private int UnwrittenStarts(HistoryEvent start)
    {
        var attributes = start.ActivityTaskStartedEventAttributes;
        var scheduled = history[(int)attributes.ScheduledEventId - 1];
        var activity = scheduled.ActivityTaskScheduledEventAttributes;
        var queue = started.TaskQueue.Name;
        var retries = Math.Max(0, attributes.Attempt - 1);
        var earlier = history
            .Take((int)scheduled.EventId - 1)
            .Select(e => e.ActivityTaskScheduledEventAttributes)
            .Count(other => other?.WorkflowTaskCompletedEventId == activity.WorkflowTaskCompletedEventId && other.TaskQueue.Name == queue);
        // When a later attempt started says nothing of the first, which is taken for an eager one.
        var isEager = activity.TaskQueue.Name == queue && earlier < MostEager && (retries > 0 || After(scheduled, start) < OneTransaction);
        return (2 * retries) + (isEager ? 0 : 1);
    }

    private static TimeSpan After(HistoryEvent earlier, HistoryEvent later) =>
        later.EventTime.ToDateTime() - earlier.EventTime.ToDateTime();
}
