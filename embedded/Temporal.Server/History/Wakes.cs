using Temporal.Server.History.Activities;
using Temporal.Server.History.Chains;
using Temporal.Server.History.State;
using Temporal.Server.History.WorkflowTasks;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History;

/// <summary>Does all that is due at a run, in one transition. What is not due (any more) is left alone, so waking twice does no harm.</summary>
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
        foreach (var timer in t.State.Timers.Values.Where(timer => timer.Due <= t.Now).OrderBy(timer => timer.Due).ThenBy(timer => timer.StartedEventId).ToList())
        {
            t.AddExternal(new HistoryEvent
            {
                TimerFiredEventAttributes = new TimerFiredEventAttributes { TimerId = timer.Id, StartedEventId = timer.StartedEventId },
            });
            t.ScheduleWorkflowTask();
        }
    }

    private static void WakeActivity(Transition t, ActivityState activity)
    {
        if (activity.ScheduleToCloseDeadline <= t.Now)
        {
            t.TimeOutActivity(activity, TimeoutType.ScheduleToClose);
        }
        else if (activity.StartToCloseDeadline <= t.Now)
        {
            t.TimeOutActivity(activity, TimeoutType.StartToClose);
        }
        else if (activity.HeartbeatDeadline <= t.Now)
        {
            t.TimeOutActivity(activity, TimeoutType.Heartbeat);
        }
        else if (activity.ScheduleToStartDeadline <= t.Now)
        {
            t.TimeOutActivity(activity, TimeoutType.ScheduleToStart);
        }
        else if (activity.BackoffEnd <= t.Now)
        {
            t.EndBackoff(activity);
        }
    }
}
