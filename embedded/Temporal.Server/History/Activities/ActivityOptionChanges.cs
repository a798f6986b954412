using Google.Protobuf.WellKnownTypes;
using Temporal.Server.History.State;
using Temporal.Server.Rpc;
using Temporalio.Api.Activity.V1;
using Temporalio.Api.TaskQueue.V1;

namespace Temporal.Server.History.Activities;

/// <summary>Changes the options of open activities: queue, time-outs, retries, priority.</summary>
internal static class ActivityOptionChanges
{
    /// <summary>Changes the options that a mask names.</summary>
    /// <returns>All options after that.</returns>
    /// <exception cref="RpcException">InvalidArgument: they do not go together.</exception>
    public static ActivityOptions ChangeOptions(this Transition t, ActivityState activity, ActivityOptions wanted, FieldMask mask)
    {
        var options = Of(activity);
        FieldMasks.Merge(mask, wanted, options);
        options.StartDelay = null;
        if (string.IsNullOrEmpty(options.TaskQueue?.Name))
        {
            options.TaskQueue = new TaskQueue { Name = t.State.TaskQueue };
        }

        if (options.TaskQueue.Name.Length > t.Run.Limits.IdLength)
        {
            throw RpcException.InvalidArgument("TaskQueue length exceeds limit.");
        }

        var timeouts = ActivityTimeouts.Complete(
            activity.Attributes.ActivityId,
            options.ScheduleToCloseTimeout,
            options.ScheduleToStartTimeout,
            options.StartToCloseTimeout,
            options.HeartbeatTimeout,
            runTimeout: TimeSpan.Zero
        );
        options.ScheduleToCloseTimeout = timeouts.ScheduleToClose.ToProto();
        options.ScheduleToStartTimeout = timeouts.ScheduleToStart.ToProto();
        options.StartToCloseTimeout = timeouts.StartToClose.ToProto();
        options.HeartbeatTimeout = timeouts.Heartbeat.ToProto();
        options.RetryPolicy = RetryPolicies.Check(options.RetryPolicy);
        // Which errors are final is not among what can be changed.
        options.RetryPolicy.NonRetryableErrorTypes.Clear();
        options.RetryPolicy.NonRetryableErrorTypes.Add(activity.Attributes.RetryPolicy.NonRetryableErrorTypes);
        Apply(t, activity, options);
        return Shown(activity);
    }

    /// <summary>Goes back to the options of the scheduling.</summary>
    /// <returns>All options after that.</returns>
    public static ActivityOptions RestoreOptions(this Transition t, ActivityState activity)
    {
        Apply(t, activity, changed: null);
        return Shown(activity);
    }

    /// <summary>The options as others see them.</summary>
    public static ActivityOptions Shown(ActivityState activity)
    {
        var options = Of(activity);
        options.TaskQueue.NormalName = options.TaskQueue.Name;
        options.RetryPolicy.NonRetryableErrorTypes.Clear();
        return options;
    }

    private static ActivityOptions Of(ActivityState activity) =>
        new()
        {
            TaskQueue = new TaskQueue { Name = activity.TaskQueue },
            ScheduleToCloseTimeout = activity.ScheduleToCloseTimeout,
            ScheduleToStartTimeout = activity.ScheduleToStartTimeout,
            StartToCloseTimeout = activity.StartToCloseTimeout,
            HeartbeatTimeout = activity.HeartbeatTimeout,
            Priority = activity.Priority?.Clone(),
            RetryPolicy = activity.RetryPolicy.Clone(),
        };

    private static void Apply(Transition t, ActivityState activity, ActivityOptions? changed)
    {
        activity.ChangedOptions = changed;
        if (!activity.IsStarted)
        {
            // On the new queue, and after the back-off that the new policy wants.
            t.Requeue(
                activity,
                activity.Attempt > 1 && activity.LastAttemptCompleteTime is { } failed
                    ? failed.SaturatingAdd(RetryPolicies.Backoff(activity.RetryPolicy, activity.Attempt - 1))
                    : activity.ScheduledTime
            );
        }

        t.TouchUnseen();
    }
}
