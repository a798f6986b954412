using Temporal.Server.History.Chains;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Starts;

/// <summary>Fills in what follows from the other attributes of a first event.</summary>
internal static class StartedEvents
{
    /// <summary>Completes time-outs, the delay of the first workflow task, and the chain's deadline.</summary>
    public static WorkflowExecutionStartedEventAttributes Complete(
        WorkflowLimits limits,
        WorkflowExecutionStartedEventAttributes started,
        DateTimeOffset now,
        TimeSpan startDelay
    )
    {
        var taskTimeout = started.WorkflowTaskTimeout.ToSpan();
        taskTimeout = taskTimeout == TimeSpan.Zero ? limits.WorkflowTaskTimeout : taskTimeout;
        started.WorkflowTaskTimeout = (
            taskTimeout < Limits.LongestWorkflowTaskTimeout ? taskTimeout : Limits.LongestWorkflowTaskTimeout
        ).ToProto();
        var executionTimeout = started.WorkflowExecutionTimeout.ToSpan();
        var runTimeout = started.WorkflowRunTimeout.ToSpan();
        if (executionTimeout > TimeSpan.Zero && (runTimeout == TimeSpan.Zero || runTimeout > executionTimeout))
        {
            runTimeout = executionTimeout;
        }

        // A time-out that the caller did not give and that follows from nothing stays absent, which is how SDKs tell "none" from 0.
        started.WorkflowRunTimeout = started.WorkflowRunTimeout is null && runTimeout == TimeSpan.Zero ? null : runTimeout.ToProto();
        started.WorkflowExecutionTimeout = started.WorkflowExecutionTimeout is null ? null : executionTimeout.ToProto();
        var delay = startDelay;
        if (started.CronSchedule.Length > 0)
        {
            started.Initiator = ContinueAsNewInitiator.CronSchedule;
            delay = CronSchedule.NextDelay(started.CronSchedule, now, now) ?? TimeSpan.Zero;
        }

        started.FirstWorkflowTaskBackoff = delay.ToProto();
        if (executionTimeout > TimeSpan.Zero)
        {
            started.WorkflowExecutionExpirationTime = now.SaturatingAdd(executionTimeout).SaturatingAdd(delay).ToProto();
        }

        return started;
    }
}
