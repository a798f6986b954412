using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Chains;

/// <summary>The run that goes on where another one closes: continue-as-new, retry, cron.</summary>
internal static class Successor
{
    /// <summary>The run that continues as new.</summary>
    public static Transition ByContinueAsNew(
        Transition t,
        WorkflowExecutionContinuedAsNewEventAttributes continued,
        RetryPolicy? retryPolicy,
        string cronSchedule
    )
    {
        var next = Inherit(t);
        next.WorkflowType = continued.WorkflowType;
        next.TaskQueue = continued.TaskQueue;
        next.Input = continued.Input;
        next.WorkflowRunTimeout = continued.WorkflowRunTimeout;
        next.WorkflowTaskTimeout = continued.WorkflowTaskTimeout;
        next.Initiator = continued.Initiator;
        next.ContinuedFailure = continued.Failure;
        next.LastCompletionResult = continued.LastCompletionResult;
        next.Header = continued.Header;
        next.Memo = continued.Memo;
        next.SearchAttributes = continued.SearchAttributes;
        next.RetryPolicy = retryPolicy;
        next.FirstWorkflowTaskBackoff = continued.BackoffStartInterval;
        if (cronSchedule.Length > 0)
        {
            next.CronSchedule = cronSchedule;
        }

        next.Attempt = 1;
        return Create(t, next);
    }

    /// <summary>The run that retries a failed one, if its policy wants that.</summary>
    public static (Transition? Successor, RetryState State) ByRetry(Transition t, Failure failure)
    {
        var started = t.State.Started;
        if (started.RetryPolicy is null)
        {
            return (null, RetryState.RetryPolicyNotSet);
        }

        var (delay, state) = failure.TimeoutFailureInfo is null
            ? RetryPolicies.Decide(started.RetryPolicy, started.Attempt, failure, t.Now, t.State.ExecutionDeadline)
            : RetryPolicies.Decide(started.RetryPolicy, started.Attempt, new Failure(), t.Now, t.State.ExecutionDeadline);
        if (delay is null)
        {
            return (null, state);
        }

        var next = Inherit(t);
        next.Initiator = ContinueAsNewInitiator.Retry;
        next.Attempt = started.Attempt + 1;
        next.ContinuedFailure = failure;
        next.FirstWorkflowTaskBackoff = delay.Value.ToDurationOrNull();
        return (Create(t, next), state);
    }

    /// <summary>The next run of a cron workflow, or null when it is none or its time is over.</summary>
    public static Transition? ByCron(Transition t, Payloads? result, Failure? failure)
    {
        var started = t.State.Started;
        if (started.CronSchedule.Length == 0)
        {
            return null;
        }

        var delay = CronSchedule.NextDelay(started.CronSchedule, t.State.ExecutionTime, t.Now);
        if (delay is null || t.Now.SaturatingAdd(delay.Value) > t.State.ExecutionDeadline)
        {
            return null;
        }

        var next = Inherit(t);
        next.Initiator = ContinueAsNewInitiator.CronSchedule;
        next.Attempt = 1;
        next.LastCompletionResult = result ?? started.LastCompletionResult;
        next.ContinuedFailure = failure;
        next.FirstWorkflowTaskBackoff = delay.Value.ToDurationOrNull();
        return Create(t, next);
    }

    // All that a run passes on by itself. Search attributes and memo go on as the workflow last set them.
    private static WorkflowExecutionStartedEventAttributes Inherit(Transition t)
    {
        var next = t.State.Started.Clone();
        next.ContinuedExecutionRunId = t.Run.Key.RunId;
        next.WorkflowExecutionExpirationTime = t.State.ExecutionDeadline?.ToProto();
        next.CompletionCallbacks.Add(t.State.AttachedRequests.Values.SelectMany(request => request.Callbacks));
        next.PrevAutoResetPoints = State.AutoResetPoints.Of(t.State, t.Run.Key.RunId);
        next.SearchAttributes = t.State.SearchAttributes;
        next.Memo = t.State.Memo;
        next.Priority = t.State.Options.Priority;
        next.VersioningOverride = t.State.Options.VersioningOverride;
        next.FirstWorkflowTaskBackoff = null;
        next.EagerExecutionAccepted = false;
        return next;
    }

    private static Transition Create(Transition t, WorkflowExecutionStartedEventAttributes started)
    {
        var key = t.Run.Key with { RunId = RunIds.New() };
        var metadata = t.State.Events[0].UserMetadata;
        return NewRun.Create(
            key,
            t.Run.Limits,
            started,
            requestId: RunIds.New(),
            t.Now,
            expectedCurrent: t.Run.Key.RunId,
            awaitingParent: false,
            metadata
        );
    }
}
