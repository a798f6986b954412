using Temporal.Server.History.Activities;
using Temporal.Server.History.Chains;
using Temporal.Server.History.State;
using Temporal.Server.History.WorkflowTasks;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History;

/// <summary>
/// Does all that is due at a run, in one transition. What is not due (any more) is left alone, so waking twice does no harm.
/// </summary>
internal static class Wakes
{
    /// <summary>Fires what is due by now.</summary>
    public static void Wake(Transition t)
    {
        var state = t.State;
        if (!state.IsOpen)
        {
            return;
        }

        if (state.RunDeadline <= t.Now)
        {
            t.TimeOutRun();
            return;
        }

        if (state.WorkflowTaskDeadline <= t.Now)
        {
            if (state.WorkflowTask!.IsStarted)
            {
                t.TimeOutStartedWorkflowTask();
            }
            else
            {
                t.TimeOutWaitingWorkflowTask();
            }
        }

        FireTimers(t);
        foreach (var activity in state.Activities.Values.ToList())
        {
            WakeActivity(t, activity);
        }

        if (state.InFirstBackoff && state.ExecutionTime <= t.Now)
        {
            t.ScheduleFirstWorkflowTask();
        }
    }

    private static void FireTimers(Transition t)
    {
        foreach (
            var timer in t
                .State.Timers.Values.Where(timer => timer.Due <= t.Now)
                .OrderBy(timer => timer.Due)
                .ThenBy(timer => timer.StartedEventId)
                .ToList()
        )
        {
            t.AddExternal(
                new HistoryEvent
                {
                    TimerFiredEventAttributes = new TimerFiredEventAttributes { TimerId = timer.Id, StartedEventId = timer.StartedEventId },
                }
            );
            t.ScheduleWorkflowTask();
        }
    }

    // The time-out that passed first. Of those that passed at one moment, that of an attempt that no worker took comes before the one over
    // all attempts, which it is derived from when the workflow gives none.
    private static void WakeActivity(Transition t, ActivityState activity)
    {
        (TimeoutType Type, DateTimeOffset? Deadline)[] timeouts =
        [
            (TimeoutType.ScheduleToStart, activity.ScheduleToStartDeadline),
            (TimeoutType.ScheduleToClose, activity.ScheduleToCloseDeadline),
            (TimeoutType.StartToClose, activity.StartToCloseDeadline),
            (TimeoutType.Heartbeat, activity.HeartbeatDeadline),
        ];
        var passed = timeouts.Where(timeout => timeout.Deadline <= t.Now).OrderBy(timeout => timeout.Deadline).FirstOrDefault();
        if (passed.Deadline is not null)
        {
            t.TimeOutActivity(activity, passed.Type);
        }
        else if (activity.BackoffEnd <= t.Now)
        {
            t.EndBackoff(activity);
        }
    }
}
