using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History;

/// <summary>
/// How many transactions a genuine server needs for a history: what it reports as <c>stateTransitionCount</c>. Derived from twelve
/// histories that one has recorded, in which the task ids of events that were written together follow each other, and held against its own
/// counts. The rules:
/// <list type="number">
/// <item>What comes from outside costs one: a signal, a request to cancel, fired timers, an activity's end (its start is written with it),
/// a child's start and its end, the result of a message to another run. So it does when it had to wait for a workflow task to end. The
/// workflow task that it schedules is in the same transaction.</item>
/// <item>The start of a workflow task costs one, and its end another, with all its commands, outcomes of updates and what it
/// schedules.</item>
/// <item>A start that comes with the answer to the task before it costs nothing; its request id says so. Neither does that of an eager
/// workflow.</item>
/// <item>The first workflow task of a child, and of a run whose start is delayed, is scheduled by a transaction of its own.</item>
/// <item>A task that only an update has caused lives in memory: its scheduling, its start and its end are one transaction.</item>
/// <item>A signal from another workflow costs the receiver two: afterwards the sender's server takes back the id that kept it from coming
/// twice.</item>
/// <item>Events do not show everything: the start of an activity that is not started eagerly costs one, each failed attempt two (its end
/// and the next start), each heartbeat one. This server counts them as they happen.</item>
/// </list>
/// A value: each event makes the next one.
/// </summary>
internal readonly record struct StateTransitions
{
    /// <summary>The request id of a workflow task that was started with the answer to the one before it.</summary>
    public const string InlineStart = "request-from-RespondWorkflowTaskCompleted";

    // The clock readings of one transaction are closer together.
    private static readonly TimeSpan OneTransaction = TimeSpan.FromMilliseconds(20);

    /// <summary>Transitions so far.</summary>
    public long Count { get; private init; }

    private HistoryEvent? Last { get; init; }

    private bool StartsAlone { get; init; }

    private bool StartsEagerly { get; init; }

    // The last workflow task's: what scheduled it, and whether nothing that history shows did.
    private long ScheduledId { get; init; }

    private bool IsCauseless { get; init; }

    private bool IsStartCounted { get; init; }

    /// <summary>The transitions with one more event.</summary>
    public StateTransitions After(HistoryEvent e)
    {
        var next = this with { Last = e };
        switch (e.EventType)
        {
            case EventType.WorkflowExecutionStarted:
                var started = e.WorkflowExecutionStartedEventAttributes;
                return next with
                {
                    Count = 1,
                    StartsAlone =
                        (started.ParentWorkflowExecution is not null && started.ContinuedExecutionRunId.Length == 0)
                        || started.FirstWorkflowTaskBackoff is { } backoff && backoff.ToTimeSpan() > TimeSpan.Zero,
                    StartsEagerly = started.EagerExecutionAccepted,
                };
            case EventType.WorkflowTaskScheduled:
                return next.Scheduled(
                    isFirst: ScheduledId == 0,
                    afterCompletion: Last is { } last && IsWrittenByCompletion(last.EventType)
                );
            case EventType.WorkflowTaskStarted:
                var isCounted =
                    e.WorkflowTaskStartedEventAttributes.RequestId != InlineStart
                    && !(StartsEagerly && e.EventId == ScheduledId + 1 && ScheduledId == 2);
                return next with
                {
                    Count = Count + (isCounted ? 1 : 0),
                    IsStartCounted = isCounted,
                    IsCauseless = IsCauseless && Last?.EventType == EventType.WorkflowTaskScheduled,
                };
            case EventType.WorkflowExecutionUpdateAccepted
                when IsCauseless && e.WorkflowExecutionUpdateAcceptedEventAttributes.AcceptedRequestSequencingEventId == ScheduledId:
                return next with { Count = Count - (IsStartCounted ? 1 : 0), IsCauseless = false };
            default:
                return next with { Count = Count + next.Cost(Last) };
        }
    }

    private static bool IsWrittenByCompletion(EventType type) =>
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

    private StateTransitions Scheduled(bool isFirst, bool afterCompletion)
    {
        // Of the attempts between the first, whose events are written, and this one only the number is: each was started and failed.
        var lostAttempts = Math.Max(0, Last!.WorkflowTaskScheduledEventAttributes.Attempt - 2);
        return this with
        {
            Count = Count + (isFirst && StartsAlone ? 1 : 0) + (2 * lostAttempts),
            ScheduledId = Last.EventId,
            IsCauseless = !isFirst && afterCompletion,
        };
    }

    // What the last event costs, after the one before it.
    private int Cost(HistoryEvent? before) =>
        Last!.EventType switch
        {
            EventType.WorkflowTaskCompleted or EventType.WorkflowTaskFailed or EventType.WorkflowTaskTimedOut => 1,
            EventType.WorkflowExecutionSignaled when before?.EventType == EventType.WorkflowExecutionStarted && !StartsAlone => 0,
            EventType.WorkflowExecutionSignaled => Last.WorkflowExecutionSignaledEventAttributes.ExternalWorkflowExecution is null ? 1 : 2,
            EventType.WorkflowExecutionCancelRequested or EventType.WorkflowExecutionOptionsUpdated => 1,
            EventType.TimerFired => before?.EventType == EventType.TimerFired
            && Last.EventTime.ToDateTime() - before.EventTime.ToDateTime() < OneTransaction
                ? 0
                : 1,
            EventType.ActivityTaskStarted => 1,
            EventType.ActivityTaskTimedOut => Last.ActivityTaskTimedOutEventAttributes.StartedEventId == 0 ? 1 : 0,
            EventType.ChildWorkflowExecutionStarted or EventType.StartChildWorkflowExecutionFailed => 1,
            EventType.ChildWorkflowExecutionCompleted
            or EventType.ChildWorkflowExecutionFailed
            or EventType.ChildWorkflowExecutionCanceled => 1,
            EventType.ChildWorkflowExecutionTimedOut or EventType.ChildWorkflowExecutionTerminated => 1,
            EventType.ExternalWorkflowExecutionSignaled or EventType.SignalExternalWorkflowExecutionFailed => 1,
            EventType.ExternalWorkflowExecutionCancelRequested or EventType.RequestCancelExternalWorkflowExecutionFailed => 1,
            // The started workflow task is failed by the same transaction.
            EventType.WorkflowExecutionTerminated or EventType.WorkflowExecutionTimedOut => before?.WorkflowTaskFailedEventAttributes?.Cause
            == WorkflowTaskFailedCause.ForceCloseCommand
                ? 0
                : 1,
            _ => 0,
        };
}
