using Temporal.Server.History.State;

namespace Temporal.Server.History.Activities;

/// <summary>Puts an activity that no worker has on its queue anew; what was dispatched before is worthless.</summary>
internal static class ActivityRequeue
{
    /// <summary>Puts the current attempt on its queue at a time, now if that is past.</summary>
    public static void Requeue(this Transition t, ActivityState activity, DateTimeOffset at)
    {
        activity.Stamp++;
        activity.ScheduledTime = at;
        activity.InBackoff = at > t.Now;
        activity.RetryInterval = activity.InBackoff ? at - t.Now : null;
        ForgetReset(activity);
        t.Touch();
    }

    /// <summary>The next attempt begins: what a reset asked of it is done.</summary>
    public static void ForgetReset(ActivityState activity)
    {
        if (activity.ForgetsHeartbeat)
        {
            ForgetHeartbeat(activity);
        }

        activity.IsReset = false;
        activity.ForgetsHeartbeat = false;
    }

    /// <summary>The next attempt does not hear how far this one came.</summary>
    public static void ForgetHeartbeat(ActivityState activity)
    {
        activity.HeartbeatDetails = null;
        activity.LastHeartbeatTime = null;
    }

    /// <summary>Now, or a random moment within the spread, so that many activities do not come back at once.</summary>
    public static DateTimeOffset Soon(this Transition t, TimeSpan spread) => t.Now.SaturatingAdd(spread * Random.Shared.NextDouble());
}
