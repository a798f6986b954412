using Temporal.Server.History.State;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.WorkflowTasks;

/// <summary>Ends the pending workflow task without a completion: it failed or timed out, and is tried again.</summary>
internal static class WorkflowTaskEnd
{
    /// <summary>The worker (or a bad command) failed the started task.</summary>
    public static void FailWorkflowTask(this Transition t, WorkflowTaskFailedCause cause, Failure? failure, string identity)
    {
        t.WriteSpeculative();
        var task = t.State.WorkflowTask!;
        if (!task.Transient)
        {
            t.Add(FailedEvent(task, cause, failure, identity));
        }

        t.After(() => t.Run.Queries.FailAttached(failure?.Message ?? $"workflow task failed: {cause}"));
        Retry(t, task);
    }

    /// <summary>The started task, a first attempt, failed for good: no other follows, the caller closes the run.</summary>
    public static void FailLastWorkflowTask(this Transition t, WorkflowTaskFailedCause cause, Failure? failure, string identity)
    {
        t.WriteSpeculative();
        t.Add(FailedEvent(t.State.WorkflowTask!, cause, failure, identity));
        t.State.WorkflowTask = null;
        t.After(() => t.Run.Queries.FailAttached(failure?.Message ?? $"workflow task failed: {cause}"));
        t.FlushBuffer();
    }

    /// <summary>Takes the started task away because the run is being closed from outside.</summary>
    public static void AbandonWorkflowTask(this Transition t)
    {
        if (t.State.WorkflowTask is { IsStarted: false, Speculative: true })
        {
            // Nobody has seen it.
            t.Speculate(null);
        }
        else if (t.State.WorkflowTask is not null)
        {
            t.Touch();
            var task = t.State.WorkflowTask;
            if (task.IsStarted)
            {
                t.After(() => t.Run.Queries.FailAttached("workflow was closed"));
                if (!task.Transient)
                {
                    t.Add(FailedEvent(task, WorkflowTaskFailedCause.ForceCloseCommand, failure: null, identity: ""));
                }
            }

            t.State.WorkflowTask = null;
        }

        t.FlushBuffer();
    }

    /// <summary>The started task was not answered in time.</summary>
    public static void TimeOutStartedWorkflowTask(this Transition t)
    {
        t.WriteSpeculative();
        var task = t.State.WorkflowTask!;
        if (!task.Transient)
        {
            t.Add(
                new HistoryEvent
                {
                    WorkflowTaskTimedOutEventAttributes = new WorkflowTaskTimedOutEventAttributes
                    {
                        ScheduledEventId = task.ScheduledEventId,
                        StartedEventId = task.StartedEventId,
                        TimeoutType = TimeoutType.StartToClose,
                    },
                }
            );
        }

        t.After(() => t.Run.Queries.FailAttached("workflow task timed out"));
        Retry(t, task);
    }

    /// <summary>
    /// No worker took the task in time, from the sticky queue or while it lived in memory only: the normal queue gets it.
    /// </summary>
    public static void TimeOutWaitingWorkflowTask(this Transition t)
    {
        t.Touch();
        var task = t.State.WorkflowTask!;
        t.State.StickyQueue = "";
        t.State.WorkflowTask = null;
        if (!task.Transient)
        {
            t.Add(
                new HistoryEvent
                {
                    WorkflowTaskTimedOutEventAttributes = new WorkflowTaskTimedOutEventAttributes
                    {
                        ScheduledEventId = task.ScheduledEventId,
                        TimeoutType = TimeoutType.ScheduleToStart,
                    },
                }
            );
        }

        WorkflowTaskScheduling.ScheduleAttempt(t, task.Attempt, task.OriginalScheduledTime);
    }

    /// <summary>Writes the scheduled and started events of a task that was transient.</summary>
    public static void WriteTransient(Transition t, WorkflowTaskState task)
    {
        if (!task.Transient)
        {
            return;
        }

        // Ids were reserved when the task was scheduled, and everything since then has been buffered.
        foreach (var e in WorkflowTaskStart.UnwrittenEvents(t.State, task))
        {
            t.Add(e);
        }

        task.Transient = false;
    }

    private static void Retry(Transition t, WorkflowTaskState task)
    {
        // A failure on the worker's own queue is first tried elsewhere, as a first attempt with events.
        var wasSticky = t.State.StickyQueue.Length > 0;
        t.State.StickyQueue = "";
        t.State.WorkflowTask = null;
        t.Touch();
        t.After(t.Run.Updates.Unsend);
        var attempt = t.FlushBuffer() || wasSticky ? 1 : task.Attempt + 1;
        WorkflowTaskScheduling.ScheduleAttempt(t, attempt, t.Now);
    }

    private static HistoryEvent FailedEvent(WorkflowTaskState task, WorkflowTaskFailedCause cause, Failure? failure, string identity) =>
        new()
        {
            WorkflowTaskFailedEventAttributes = new WorkflowTaskFailedEventAttributes
            {
                ScheduledEventId = task.ScheduledEventId,
                StartedEventId = task.StartedEventId,
                Cause = cause,
                Failure = failure,
                Identity = identity,
            },
        };
}
