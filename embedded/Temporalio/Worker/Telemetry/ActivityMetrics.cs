using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Worker.Execution;
using Temporalio.Worker.Machines;

namespace Temporalio.Worker.Telemetry;

/// <summary>What a worker counts of activities.</summary>
internal sealed class ActivityMetrics(WorkerMeter meter)
{
    internal void Polled(PollActivityTaskQueueResponse? task)
    {
        if (task is null)
        {
            meter.Count("activity_poll_no_task");
            return;
        }

        meter.Tally.ActivityPolls.CountTaken();
    }

    internal void Received(PollActivityTaskQueueResponse task)
    {
        meter.Count("activity_task_received", Type(task), WorkflowType(task));
        if (task is { CurrentAttemptScheduledTime: { } scheduled, StartedTime: { } started })
        {
            meter.Time(
                "activity_schedule_to_start_latency", started.ToDateTime() - scheduled.ToDateTime(), Type(task), WorkflowType(task));
        }
    }

    internal void Ended(PollActivityTaskQueueResponse task, AttemptOutcome outcome, TimeSpan elapsed)
    {
        meter.Tally.Activities.CountProcessed();
        meter.Time("activity_execution_latency", elapsed, Type(task), WorkflowType(task));
        switch (outcome)
        {
            case AttemptOutcome.Completed when task.ScheduledTime is { } scheduled:
                meter.Time("activity_succeed_endtoend_latency", DateTime.UtcNow - scheduled.ToDateTime(), Type(task), WorkflowType(task));
                break;
            case AttemptOutcome.Failed failed when !IsBenign(failed.Failure):
                meter.Tally.Activities.CountFailed();
                meter.Count("activity_execution_failed", Type(task), WorkflowType(task));
                break;
        }
    }

    internal void LocalEnded(string activityType, string workflowType, LocalActivityResult result)
    {
        KeyValuePair<string, object>[] tags = [new("activity_type", activityType), new("workflow_type", workflowType)];
        meter.Tally.LocalActivities.CountProcessed();
        meter.Count("local_activity_total", tags);
        meter.Time("local_activity_execution_latency", result.Elapsed, tags);
        if (result.Failure?.CanceledFailureInfo is not null)
        {
            meter.Count("local_activity_execution_cancelled", tags);
        }
        else if (result.Failure is null)
        {
            meter.Time("local_activity_succeed_endtoend_latency", result.Elapsed, tags);
        }
        else if (!IsBenign(result.Failure))
        {
            meter.Tally.LocalActivities.CountFailed();
            meter.Count("local_activity_execution_failed", tags);
        }
    }

    private static bool IsBenign(Failure failure) => failure.ApplicationFailureInfo?.Category == ApplicationErrorCategory.Benign;

    private static KeyValuePair<string, object> Type(PollActivityTaskQueueResponse task) => new("activity_type", task.ActivityType.Name);

    private static KeyValuePair<string, object> WorkflowType(PollActivityTaskQueueResponse task) =>
        new("workflow_type", task.WorkflowType?.Name ?? string.Empty);
}
