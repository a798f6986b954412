using System.Text.Json;
using Google.Protobuf;
using Temporal.Server.History.Chains;
using Temporal.Server.History.State;
using Temporal.Server.History.WorkflowTasks;
using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Case = Temporalio.Api.History.V1.HistoryEvent.AttributesOneofCase;

namespace Temporal.Server.History.Activities;

/// <summary>
/// Activities without a workflow. Each is a run whose first event has no workflow type, whose second schedules its one activity, and which
/// closes with that activity's end. Attempts, retries, time-outs and heartbeats are those of any activity; the history is for the server alone.
/// (temporalio/temporal, chasm/lib/activity.)
/// </summary>
internal static class StandaloneActivities
{
    private const int ScheduledIndex = 1;

    /// <summary>Schedules the activity of a new run.</summary>
    /// <param name="t">The run's first transition.</param>
    /// <param name="scheduled">The activity, its options complete.</param>
    /// <param name="delay">How long its first attempt is held back; its time-outs count from then on.</param>
    public static void ScheduleAlone(this Transition t, ActivityTaskScheduledEventAttributes scheduled, TimeSpan delay)
    {
        t.State.Standalone = new StandaloneActivity();
        var activity = t.State.Activities[t.Add(new HistoryEvent { ActivityTaskScheduledEventAttributes = scheduled }).EventId];
        if (delay > TimeSpan.Zero)
        {
            activity.FirstScheduledTime = activity.ScheduledTime = t.Now.SaturatingAdd(delay);
            activity.InBackoff = true;
        }
    }

    /// <summary>The event that scheduled it.</summary>
    public static HistoryEvent ScheduledEvent(RunState state) => state.Events[ScheduledIndex];

    /// <summary>Its attempts, whether it is over or not.</summary>
    public static ActivityState AttemptsOf(RunState state) => state.Standalone?.Ended ?? state.Activities.Values.Single();

    /// <summary>What follows when an activity is over: its workflow hears of it, or, if it stands alone, its run closes.</summary>
    public static void FollowOutcome(this Transition t, ActivityState activity)
    {
        if (t.State.Standalone is not { } alone)
        {
            t.ScheduleWorkflowTask();
            return;
        }

        alone.Ended = activity;
        activity.LastAttemptCompleteTime = activity.IsStarted ? t.Now : activity.LastAttemptCompleteTime;
        // Nobody takes a workflow task of such a run, so its events are never buffered: the last one is the outcome.
        t.Close(ClosingEvent(t.State.Events[^1], activity), successor: null);
    }

    /// <summary>Asks it to cancel, once. If no worker has it, it is canceled at once; otherwise the worker hears of it by heartbeat.</summary>
    /// <exception cref="RpcException">FailedPrecondition: it is over, or another request has asked already.</exception>
    public static void RequestCancelAlone(this Transition t, string identity, string requestId, string reason)
    {
        var alone = Require(t.State);
        if (alone.CancelRequestId == requestId)
        {
            return;
        }

        if (!t.State.IsOpen)
        {
            throw RpcException.FailedPrecondition($"activity is in terminal state {t.State.Status}");
        }

        if (alone.CancelRequestId.Length > 0)
        {
            throw RpcException.FailedPrecondition($"cancellation already requested with request ID {alone.CancelRequestId}");
        }

        (alone.CancelIdentity, alone.CancelRequestId, alone.CancelReason) = (identity, requestId, reason);
        var activity = AttemptsOf(t.State);
        t.Add(new HistoryEvent
        {
            ActivityTaskCancelRequestedEventAttributes = new ActivityTaskCancelRequestedEventAttributes { ScheduledEventId = activity.ScheduledEventId },
        });
        if (!activity.IsStarted)
        {
            t.Add(new HistoryEvent
            {
                ActivityTaskCanceledEventAttributes = new ActivityTaskCanceledEventAttributes
                {
                    ScheduledEventId = activity.ScheduledEventId,
                    LatestCancelRequestedEventId = activity.CancelRequestedEventId,
                    Details = Text(reason),
                    Identity = identity,
                },
            });
            t.FollowOutcome(activity);
        }
    }

    /// <summary>Ends it without asking, once.</summary>
    /// <exception cref="RpcException">FailedPrecondition: it is over.</exception>
    public static void TerminateAlone(this Transition t, string identity, string requestId, string reason)
    {
        var alone = Require(t.State);
        if (t.State.IsOpen)
        {
            alone.TerminateRequestId = requestId;
            t.Terminate(reason, details: null, identity);
        }
        else if (t.State.Status != WorkflowExecutionStatus.Terminated)
        {
            throw RpcException.FailedPrecondition("invalid transition");
        }
        else if (alone.TerminateRequestId != requestId)
        {
            throw RpcException.FailedPrecondition($"already terminated with request ID {alone.TerminateRequestId}");
        }
    }

    /// <summary>Refuses an answer for a standalone activity that no worker has. Only its result may come without an attempt.</summary>
    /// <exception cref="RpcException">NotFound.</exception>
    public static void RequireAttempt(Transition t, ActivityState activity)
    {
        if (t.State.IsActivity && !activity.IsStarted)
        {
            throw RpcException.NotFound("activity task not found");
        }
    }

    /// <summary>Why it failed; null while it is open, and when it succeeded.</summary>
    public static (Failure? Failure, RetryState RetryState) FailureOf(RunState state)
    {
        var outcome = state.Events[^2];
        return (state.Close?.Event.AttributesCase, outcome.AttributesCase) switch
        {
            (Case.WorkflowExecutionTerminatedEventAttributes, _) => (Terminated(state.Close.Event.WorkflowExecutionTerminatedEventAttributes), RetryState.Unspecified),
            (null, _) => (null, RetryState.Unspecified),
            (_, Case.ActivityTaskFailedEventAttributes) =>
                (outcome.ActivityTaskFailedEventAttributes.Failure, outcome.ActivityTaskFailedEventAttributes.RetryState),
            (_, Case.ActivityTaskTimedOutEventAttributes) =>
                (outcome.ActivityTaskTimedOutEventAttributes.Failure, outcome.ActivityTaskTimedOutEventAttributes.RetryState),
            (_, Case.ActivityTaskCanceledEventAttributes) => (Canceled(state, outcome.ActivityTaskCanceledEventAttributes), RetryState.Unspecified),
            _ => (null, RetryState.Unspecified),
        };
    }

    /// <summary>Its result; null unless it succeeded.</summary>
    public static Payloads? ResultOf(RunState state) => state.Close is { Status: WorkflowExecutionStatus.Completed }
        ? state.Events[^2].ActivityTaskCompletedEventAttributes.Result ?? new Payloads()
        : null;

    // What the outcome says is not said twice.
    private static HistoryEvent ClosingEvent(HistoryEvent outcome, ActivityState activity)
    {
        switch (outcome.AttributesCase)
        {
            case Case.ActivityTaskCompletedEventAttributes:
                return new HistoryEvent { WorkflowExecutionCompletedEventAttributes = new WorkflowExecutionCompletedEventAttributes() };
            case Case.ActivityTaskFailedEventAttributes:
                activity.LastFailure = outcome.ActivityTaskFailedEventAttributes.Failure;
                return new HistoryEvent { WorkflowExecutionFailedEventAttributes = new WorkflowExecutionFailedEventAttributes() };
            case Case.ActivityTaskCanceledEventAttributes:
                return new HistoryEvent { WorkflowExecutionCanceledEventAttributes = new WorkflowExecutionCanceledEventAttributes() };
            default:
                var failure = outcome.ActivityTaskTimedOutEventAttributes.Failure;
                if (failure.TimeoutFailureInfo.TimeoutType is TimeoutType.StartToClose or TimeoutType.Heartbeat)
                {
                    activity.LastFailure = failure;
                }

                return new HistoryEvent { WorkflowExecutionTimedOutEventAttributes = new WorkflowExecutionTimedOutEventAttributes() };
        }
    }

    private static Failure Terminated(WorkflowExecutionTerminatedEventAttributes terminated) => new()
    {
        Message = terminated.Reason,
        TerminatedFailureInfo = new TerminatedFailureInfo { Identity = terminated.Identity },
    };

    private static Failure Canceled(RunState state, ActivityTaskCanceledEventAttributes canceled) => new()
    {
        Message = "Activity canceled",
        CanceledFailureInfo = new CanceledFailureInfo { Details = canceled.Details, Identity = state.Standalone?.CancelIdentity ?? "" },
    };

    private static StandaloneActivity Require(RunState state) => state.Standalone ?? throw new InvalidOperationException("The run is no standalone activity.");

    private static Payloads Text(string text) => new()
    {
        Payloads_ =
        {
            new Payload
            {
                Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain") },
                Data = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(text)),
            },
        },
    };
}
