using Temporal.Server.History.State;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.TaskQueue.V1;

namespace Temporal.Server.History.WorkflowTasks;

/// <summary>Puts a workflow task on its queue. There is at most one at a time.</summary>
internal static class WorkflowTaskScheduling
{
    // From this attempt on each further one gets longer.
    private const int FirstLongerAttempt = 4;
    private static readonly TimeSpan LongestExtension = TimeSpan.FromMinutes(10);

    /// <summary>Schedules a workflow task unless one is pending, the run is closed, or its first one is still held back.</summary>
    public static void ScheduleWorkflowTask(this Transition t)
    {
        if (t.State.IsOpen && t.State.WorkflowTask is null && !t.State.InFirstBackoff && !t.State.AwaitingParent)
        {
            ScheduleAttempt(t, attempt: 1, t.Now);
        }
    }

    /// <summary>Schedules the first workflow task of a run whose delay has ended.</summary>
    public static void ScheduleFirstWorkflowTask(this Transition t)
    {
        if (t.State.IsOpen && t.State.WorkflowTask is null && !t.State.HasHadWorkflowTask && !t.State.AwaitingParent)
        {
            ScheduleAttempt(t, attempt: 1, t.Now);
        }
    }

    /// <summary>Schedules a given attempt. Attempts above 1 leave no events until they complete.</summary>
    public static void ScheduleAttempt(Transition t, int attempt, DateTimeOffset originalScheduledTime)
    {
        var state = t.State;
        var sticky = state.StickyQueue.Length > 0;
        var timeout = TimeoutOf(t, attempt);
        var transient = attempt > 1;
        var scheduledEventId = transient ? state.NextEventId : t.Add(ScheduledEvent(state, sticky, timeout, attempt)).EventId;
        state.WorkflowTask = new WorkflowTaskState
        {
            ScheduledEventId = scheduledEventId,
            Attempt = attempt,
            ScheduledTime = t.Now,
            OriginalScheduledTime = originalScheduledTime,
            Sticky = sticky,
            StartToClose = timeout,
            Transient = transient,
        };
        t.Touch();
    }

    /// <summary>The scheduling as an event without id.</summary>
    public static HistoryEvent ScheduledEvent(RunState state, bool sticky, TimeSpan startToClose, int attempt) =>
        new()
        {
            WorkflowTaskScheduledEventAttributes = new WorkflowTaskScheduledEventAttributes
            {
                TaskQueue = sticky
                    ? new TaskQueue
                    {
                        Name = state.StickyQueue,
                        Kind = TaskQueueKind.Sticky,
                        NormalName = state.TaskQueue,
                    }
                    : new TaskQueue { Name = state.TaskQueue, Kind = TaskQueueKind.Normal },
                StartToCloseTimeout = startToClose.ToProto(),
                Attempt = attempt,
            },
        };

    /// <summary>How long a worker has for an attempt.</summary>
    public static TimeSpan TimeoutOf(Transition t, int attempt)
    {
        var timeout = t.State.Started.WorkflowTaskTimeout.ToSpan();
        if (timeout == TimeSpan.Zero)
        {
            timeout = t.Run.Limits.WorkflowTaskTimeout;
        }

        if (attempt < FirstLongerAttempt)
        {
            return timeout;
        }

        var extension = TimeSpan.FromSeconds(Math.Min(LongestExtension.TotalSeconds, 10 * Math.Pow(1.2, attempt - FirstLongerAttempt)));
        return timeout + extension;
    }
}
