using Temporal.Server.History.State;
using Temporal.Server.Rpc;

namespace Temporal.Server.History.Activities;

/// <summary>
/// Pauses activities and ends pauses. A paused activity is not handed out and none of its time-outs runs; a worker that has it hears
/// of it by heartbeat and may finish.
/// </summary>
internal static class ActivityPausing
{
    /// <summary>Pauses an activity, once per request id.</summary>
    /// <exception cref="RpcException">FailedPrecondition: another request has paused it.</exception>
    public static void PauseActivity(this Transition t, ActivityState activity, ActivityPause pause)
    {
        if (activity.Pause is { } before)
        {
            if (before.RequestId == pause.RequestId)
            {
                return;
            }

            throw RpcException.FailedPrecondition("activity is already paused");
        }

        activity.Pause = pause;
        activity.Stamp++;
        t.TouchUnseen();
    }

    /// <summary>
    /// Ends a pause: an activity that no worker has goes on its queue at once, whatever its back-off said. Does nothing without a pause.
    /// </summary>
    /// <param name="t">The transition.</param>
    /// <param name="activity">The activity.</param>
    /// <param name="resetAttempts">Begin again with the first attempt.</param>
    /// <param name="resetHeartbeat">Forget the heartbeat details.</param>
    /// <param name="jitter">Spreads the queueing over this time.</param>
    public static void UnpauseActivity(this Transition t, ActivityState activity, bool resetAttempts, bool resetHeartbeat, TimeSpan jitter)
    {
        if (activity.Pause is null)
        {
            return;
        }

        activity.Pause = null;
        activity.Stamp++;
        if (resetAttempts)
        {
            activity.Attempt = 1;
        }

        if (resetHeartbeat)
        {
            ActivityRequeue.ForgetHeartbeat(activity);
        }

        if (!activity.IsStarted)
        {
            t.Requeue(activity, t.Soon(jitter));
        }

        t.TouchUnseen();
    }
}
