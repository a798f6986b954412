using Google.Protobuf;
using Temporal.Server.History.Records;
using Temporal.Server.History.State;
using Temporal.Server.History.WorkflowTasks;
using Temporal.Server.Matching;
using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.History.Activities;

/// <summary>An activity's attempts: taken, beating, ended. Only its last attempt reaches history.</summary>
internal static class ActivityTasks
{
    /// <summary>Hands an attempt to a worker if it is still the one that was dispatched.</summary>
    public static PollActivityTaskQueueResponse? StartDispatchedActivity(
        this Transition t,
        ActivityDispatch task,
        string requestId,
        string identity,
        string namespaceName
    )
    {
        if (
            !t.State.IsOpen
            || !t.State.Activities.TryGetValue(task.ScheduledEventId, out var activity)
            || !activity.IsOnQueue
            || activity.Attempt != task.Attempt
            || activity.Stamp != task.Stamp
        )
        {
            return null;
        }

        t.State.UnseenTransitions++;
        return t.StartActivity(activity, requestId, identity, namespaceName);
    }

    /// <summary>Hands the current attempt to a worker.</summary>
    public static PollActivityTaskQueueResponse StartActivity(
        this Transition t,
        ActivityState activity,
        string requestId,
        string identity,
        string namespaceName
    )
    {
        activity.StartedTime = t.Now;
        activity.LastStartedTime = t.Now;
        activity.StartedAttempt = activity.Attempt;
        activity.RequestId = requestId;
        activity.Identity = identity;
        t.Touch();
        var attributes = activity.Attributes;
        return new PollActivityTaskQueueResponse
        {
            TaskToken = new TaskToken
            {
                NamespaceId = t.Run.Key.NamespaceId,
                WorkflowId = t.Run.Key.WorkflowId,
                RunId = t.Run.Key.RunId,
                ScheduledEventId = activity.ScheduledEventId,
                Attempt = activity.Attempt,
                StartedTime = t.Now.ToProto(),
                ActivityId = attributes.ActivityId,
            }.ToByteString(),
            WorkflowNamespace = namespaceName,
            WorkflowType = t.State.Started.WorkflowType,
            WorkflowExecution = new WorkflowExecution { WorkflowId = t.Run.Key.WorkflowId, RunId = t.Run.Key.RunId },
            ActivityType = attributes.ActivityType,
            ActivityId = attributes.ActivityId,
            Header = attributes.Header,
            Input = attributes.Input,
            HeartbeatDetails = activity.HeartbeatDetails,
            ScheduledTime = activity.Scheduled.EventTime,
            CurrentAttemptScheduledTime = activity.ScheduledTime.ToProto(),
            StartedTime = t.Now.ToProto(),
            Attempt = activity.Attempt,
            ScheduleToCloseTimeout = activity.ScheduleToCloseTimeout,
            StartToCloseTimeout = activity.StartToCloseTimeout,
            HeartbeatTimeout = activity.HeartbeatTimeout,
            RetryPolicy = activity.RetryPolicy,
            Priority = Priorities.Merge(t.State.Options.Priority, activity.Priority),
        };
    }

    /// <summary>The attempt that a token names.</summary>
    /// <exception cref="RpcException">NotFound: it is over.</exception>
    public static ActivityState RequireStarted(RunState state, TaskToken token)
    {
        var activity = RequireOpen(state, token);
        if (
            !activity.IsStarted
            || (
                token.ScheduledEventId != 0
                && (token.Attempt != activity.StartedAttempt || token.StartedTime.ToDateTimeOffset() != activity.StartedTime)
            )
        )
        {
            throw Gone();
        }

        return activity;
    }

    /// <summary>The activity that a token names by event or by activity id, whatever attempt it is in.</summary>
    /// <exception cref="RpcException">NotFound: it is over.</exception>
    public static ActivityState RequireOpen(RunState state, TaskToken token)
    {
        if (!state.IsOpen)
        {
            throw RpcException.NotFound("workflow execution already completed");
        }

        var scheduledEventId = token.ScheduledEventId;
        if (scheduledEventId == 0 && !state.ActivityIds.TryGetValue(token.ActivityId, out scheduledEventId))
        {
            throw RpcException.NotFound($"cannot find pending activity with ActivityID {token.ActivityId}");
        }

        return state.Activities.GetValueOrDefault(scheduledEventId) ?? throw Gone();
    }

    /// <summary>The worker is alive.</summary>
    public static void RecordHeartbeat(this Transition t, ActivityState activity, Payloads? details)
    {
        activity.LastHeartbeatTime = t.Now;
        if (details is not null)
        {
            activity.HeartbeatDetails = details;
        }

        t.TouchUnseen();
    }

    /// <summary>The activity returned.</summary>
    public static void CompleteActivity(this Transition t, ActivityState activity, Payloads? result, string identity)
    {
        var startedEventId = WriteStarted(t, activity);
        t.AddExternal(
            new HistoryEvent
            {
                ActivityTaskCompletedEventAttributes = new ActivityTaskCompletedEventAttributes
                {
                    Result = result,
                    ScheduledEventId = activity.ScheduledEventId,
                    StartedEventId = startedEventId,
                    Identity = identity,
                },
            }
        );
        t.ScheduleWorkflowTask();
    }

    /// <summary>The activity gave in to its cancellation.</summary>
    /// <exception cref="RpcException">InvalidArgument: nobody asked it to.</exception>
    public static void CancelActivity(this Transition t, ActivityState activity, Payloads? details, string identity)
    {
        if (activity.CancelRequestedEventId == 0)
        {
            throw RpcException.InvalidArgument("unable to mark activity as canceled without activity being request canceled first");
        }

        var startedEventId = WriteStarted(t, activity);
        t.AddExternal(
            new HistoryEvent
            {
                ActivityTaskCanceledEventAttributes = new ActivityTaskCanceledEventAttributes
                {
                    Details = details,
                    ScheduledEventId = activity.ScheduledEventId,
                    StartedEventId = startedEventId,
                    LatestCancelRequestedEventId = activity.CancelRequestedEventId,
                    Identity = identity,
                },
            }
        );
        t.ScheduleWorkflowTask();
    }

    /// <summary>The attempt failed: another one follows, or the activity failed.</summary>
    public static void FailActivity(this Transition t, ActivityState activity, Failure failure, string identity)
    {
        var retryState = TryRetry(t, activity, failure);
        if (retryState == RetryState.InProgress)
        {
            return;
        }

        var startedEventId = WriteStarted(t, activity);
        t.AddExternal(
            new HistoryEvent
            {
                ActivityTaskFailedEventAttributes = new ActivityTaskFailedEventAttributes
                {
                    Failure = failure,
                    ScheduledEventId = activity.ScheduledEventId,
                    StartedEventId = startedEventId,
                    Identity = identity,
                    RetryState = retryState,
                },
            }
        );
        t.ScheduleWorkflowTask();
    }

    /// <summary>A time-out passed.</summary>
    public static void TimeOutActivity(this Transition t, ActivityState activity, TimeoutType type)
    {
        var failure = TimeoutFailure(type, activity.HeartbeatDetails);
        var retryState = RetryState.Timeout;
        if (type is TimeoutType.StartToClose or TimeoutType.Heartbeat)
        {
            retryState = TryRetry(t, activity, failure);
            if (retryState == RetryState.InProgress)
            {
                return;
            }

            if (retryState == RetryState.Timeout)
            {
                failure = TimeoutFailure(TimeoutType.ScheduleToClose, activity.HeartbeatDetails);
                failure.Message = "Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying";
            }
        }

        failure.Cause = activity.LastFailure;
        var startedEventId = activity.IsStarted ? WriteStarted(t, activity) : 0;
        t.AddExternal(
            new HistoryEvent
            {
                ActivityTaskTimedOutEventAttributes = new ActivityTaskTimedOutEventAttributes
                {
                    Failure = failure,
                    ScheduledEventId = activity.ScheduledEventId,
                    StartedEventId = startedEventId,
                    RetryState = retryState,
                },
            }
        );
        t.ScheduleWorkflowTask();
    }

    /// <summary>The back-off is over: the attempt goes on its queue.</summary>
    public static void EndBackoff(this Transition t, ActivityState activity)
    {
        activity.InBackoff = false;
        t.Touch();
    }

    private static RetryState TryRetry(Transition t, ActivityState activity, Failure failure)
    {
        if (activity.CancelRequestedEventId != 0)
        {
            return RetryState.CancelRequested;
        }

        if (activity.Pause is not null && RetryPolicies.IsRetryable(activity.RetryPolicy, failure))
        {
            // However many attempts it has had: whoever ends the pause decides.
            EndAttempt(t, activity, failure);
            return RetryState.InProgress;
        }

        var (delay, retryState) = RetryPolicies.Decide(
            activity.RetryPolicy,
            activity.Attempt,
            failure,
            t.Now,
            activity.ScheduleToCloseDeadline
        );
        if (delay is null)
        {
            return retryState;
        }

        EndAttempt(t, activity, failure);
        activity.RetryInterval = delay;
        activity.ScheduledTime = t.Now.SaturatingAdd(delay.Value);
        activity.InBackoff = true;
        return retryState;
    }

    private static void EndAttempt(Transition t, ActivityState activity, Failure failure)
    {
        activity.Attempt++;
        activity.LastFailure = Failures.ForRetry(failure, t.Run.Limits);
        activity.LastAttemptCompleteTime = t.Now;
        activity.StartedTime = null;
        activity.LastHeartbeatTime = null;
        activity.RequestId = "";
        ActivityRequeue.ForgetReset(activity);
        t.TouchUnseen();
    }

    // The started event is written only now, with the final attempt, and bears the time at which that attempt was taken.
    private static long WriteStarted(Transition t, ActivityState activity) =>
        t.AddExternal(
            new HistoryEvent
            {
                EventTime = (activity.StartedTime ?? t.Now).ToProto(),
                ActivityTaskStartedEventAttributes = new ActivityTaskStartedEventAttributes
                {
                    ScheduledEventId = activity.ScheduledEventId,
                    Identity = activity.Identity,
                    RequestId = activity.RequestId,
                    Attempt = activity.Attempt,
                    LastFailure = activity.LastFailure,
                },
            }
        ).EventId;

    private static Failure TimeoutFailure(TimeoutType type, Payloads? heartbeatDetails) =>
        new()
        {
            Message = $"activity {type} timeout",
            Source = "Server",
            TimeoutFailureInfo = new TimeoutFailureInfo { TimeoutType = type, LastHeartbeatDetails = heartbeatDetails },
        };

    private static RpcException Gone() =>
        RpcException.NotFound("invalid activityID or activity already timed out or invoking workflow is completed");
}
