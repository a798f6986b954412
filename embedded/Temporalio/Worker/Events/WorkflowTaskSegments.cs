using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Worker.Events;

/// <summary>
/// Cuts a history into the stretches that the worker saw at once: up to and with each start of a workflow task that was
/// completed. Tasks that failed or timed out are part of the next one, and so are heartbeats (completed tasks without a
/// command). The rules are those of sdk-core, because where a cut is decides what workflow code sees in one turn.
/// </summary>
internal sealed class WorkflowTaskSegments
{
    private readonly List<HistoryEvent> events;
    private int next;

    /// <param name="events">All events from some point on, complete up to the last task's start.</param>
    internal WorkflowTaskSegments(IEnumerable<HistoryEvent> events) => this.events = [.. events];

    internal static WorkflowTaskSegments Empty { get; } = new([]);

    /// <summary>Gets the first event that is not taken yet, or null.</summary>
    internal HistoryEvent? First => next < events.Count ? events[next] : null;

    internal bool IsEmpty => next >= events.Count;

    /// <summary>Takes the next stretch of events after a task's start; empty at the end of history.</summary>
    internal IReadOnlyList<HistoryEvent> Take(long afterStartedId)
    {
        var (start, end) = NextRange(afterStartedId);
        next = end;
        return events.GetRange(start, end - start);
    }

    /// <summary>Looks at the next stretch of events without taking it.</summary>
    internal IReadOnlyList<HistoryEvent> Peek(long afterStartedId)
    {
        var (start, end) = NextRange(afterStartedId);
        return events.GetRange(start, end - start);
    }

    /// <summary>The next completion of a task among the events that are not taken.</summary>
    internal WorkflowTaskCompletedEventAttributes? PeekCompleted()
    {
        for (var i = next; i < events.Count; i++)
        {
            if (events[i].WorkflowTaskCompletedEventAttributes is { } completed)
            {
                return completed;
            }
        }
        return null;
    }

    private (int Start, int End) NextRange(long afterStartedId)
    {
        var start = next;
        while (start < events.Count && events[start].EventId <= afterStartedId)
        {
            start++;
        }
        return (start, start < events.Count ? FindEnd(start) : start);
    }

    private int FindEnd(int start)
    {
        var sawCommand = false;
        var sawCommandOrStart = false;
        var candidates = new List<int>();
        for (var i = start; i < events.Count; i++)
        {
            var e = events[i];
            sawCommand |= e.IsCommandEvent();
            sawCommandOrStart |= sawCommand || e.EventType == EventType.WorkflowExecutionStarted;
            if (e.ClosesWorkflow())
            {
                return i + 1;
            }
            if (e.EventType != EventType.WorkflowTaskStarted || IsFollowedByFailure(i))
            {
                continue;
            }
            candidates.Add(i);
            if (TypeAt(i + 1) == EventType.WorkflowTaskCompleted && TypeAt(i + 2) is { } afterCompleted)
            {
                var isHeartbeat = !sawCommand && afterCompleted == EventType.WorkflowTaskScheduled;
                if (isHeartbeat)
                {
                    continue;
                }
                return StartOfUpdateTask(events[i + 2], candidates) ?? i + 1;
            }
            if (sawCommandOrStart)
            {
                return i + 1;
            }
        }
        return events.Count;
    }

    private bool IsFollowedByFailure(int started) => TypeAt(started + 1) is
        EventType.WorkflowTaskFailed or
        EventType.WorkflowTaskTimedOut or
        EventType.WorkflowExecutionTimedOut or
        EventType.WorkflowExecutionTerminated or
        EventType.WorkflowExecutionCanceled;

    /// <summary>An update accepted right after a heartbeat was delivered with an earlier task: the stretch ends there.</summary>
    private int? StartOfUpdateTask(HistoryEvent afterCompleted, List<int> startedAt)
    {
        if (afterCompleted.WorkflowExecutionUpdateAcceptedEventAttributes is not { } accepted)
        {
            return null;
        }
        var index = startedAt.FindLastIndex(
            i => events[i].EventId < accepted.AcceptedRequestSequencingEventId);
        return index < 0 ? null : startedAt[index] + 1;
    }

    private EventType? TypeAt(int index) => index < events.Count ? events[index].EventType : null;
}
