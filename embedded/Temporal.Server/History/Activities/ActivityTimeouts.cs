using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Rpc;

namespace Temporal.Server.History.Activities;

/// <summary>An activity's time-outs, complete: each zero for no limit.</summary>
internal readonly record struct ActivityTimeouts(
    TimeSpan ScheduleToClose,
    TimeSpan ScheduleToStart,
    TimeSpan StartToClose,
    TimeSpan Heartbeat
)
{
    /// <summary>Derives what was left open, and cuts what is longer than what contains it.</summary>
    /// <param name="activityId">For the error.</param>
    /// <param name="scheduleToClose">Over all attempts; this or <paramref name="startToClose"/> must be set.</param>
    /// <param name="scheduleToStart">Of an attempt that waits.</param>
    /// <param name="startToClose">Of an attempt that a worker has.</param>
    /// <param name="heartbeat">Between heartbeats.</param>
    /// <param name="runTimeout">The run's own; zero for none.</param>
    /// <exception cref="RpcException">InvalidArgument: one is negative, or too few are set.</exception>
    public static ActivityTimeouts Complete(
        string activityId,
        Duration? scheduleToClose,
        Duration? scheduleToStart,
        Duration? startToClose,
        Duration? heartbeat,
        TimeSpan runTimeout
    )
    {
        var (close, start, attempt, beat) = (scheduleToClose.ToSpan(), scheduleToStart.ToSpan(), startToClose.ToSpan(), heartbeat.ToSpan());
        if (close < TimeSpan.Zero || start < TimeSpan.Zero || attempt < TimeSpan.Zero || beat < TimeSpan.Zero)
        {
            throw RpcException.InvalidArgument($"Activity {activityId} has a negative time-out.");
        }

        if (close > TimeSpan.Zero)
        {
            start = start == TimeSpan.Zero ? close : Shorter(start, close);
            attempt = attempt == TimeSpan.Zero ? close : Shorter(attempt, close);
        }
        else if (attempt > TimeSpan.Zero)
        {
            close = runTimeout;
            start = start == TimeSpan.Zero ? runTimeout : start;
        }
        else
        {
            throw RpcException.InvalidArgument(
                $"a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity. ActivityId={activityId}"
            );
        }

        if (runTimeout > TimeSpan.Zero)
        {
            close = Shorter(close, runTimeout);
            start = Shorter(start, runTimeout);
            attempt = Shorter(attempt, runTimeout);
        }

        return new ActivityTimeouts(close, start, attempt, Shorter(beat, attempt));
    }

    private static TimeSpan Shorter(TimeSpan first, TimeSpan second) => first < second ? first : second;
}
