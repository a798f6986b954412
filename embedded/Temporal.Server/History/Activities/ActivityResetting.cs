using Temporal.Server.History.State;

namespace Temporal.Server.History.Activities;

/// <summary>Resets activities: the next attempt is the first again.</summary>
internal static class ActivityResetting
{
    /// <summary>
    /// Resets an activity. One that no worker has goes on its queue at once unless it stays paused; a worker that has it hears of it
    /// by heartbeat, and its answer counts.
    /// </summary>
    /// <param name="t">The transition.</param>
    /// <param name="activity">The activity.</param>
    /// <param name="resetHeartbeat">The next attempt does not get the heartbeat details.</param>
    /// <param name="keepPaused">A pause goes on.</param>
    /// <param name="restoreOptions">The options of the scheduling hold again.</param>
    /// <param name="jitter">Spreads the queueing over this time.</param>
    public static void ResetActivity(
        this Transition t,
        ActivityState activity,
        bool resetHeartbeat,
        bool keepPaused,
        bool restoreOptions,
        TimeSpan jitter
    )
    {
        activity.Attempt = 1;
        activity.IsReset = true;
        activity.ForgetsHeartbeat |= resetHeartbeat;
        activity.Stamp++;
        if (restoreOptions)
        {
            activity.ChangedOptions = null;
        }

        if (!keepPaused)
        {
            activity.Pause = null;
        }

        if (!activity.IsStarted && activity.Pause is null)
        {
            activity.LastFailure = null;
            t.Requeue(activity, t.Soon(jitter));
        }

        t.TouchUnseen();
    }
}
