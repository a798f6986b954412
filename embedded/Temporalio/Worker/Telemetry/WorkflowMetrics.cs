using System.Diagnostics;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporalio.Worker.Telemetry;

/// <summary>What a worker counts of workflows.</summary>
internal sealed class WorkflowMetrics(WorkerMeter meter)
{
    internal void Polled(PollWorkflowTaskQueueResponse? task, PollTally polls)
    {
        if (task is null)
        {
            meter.Count("workflow_task_queue_poll_empty");
            return;
        }

        polls.CountTaken();
        meter.Count("workflow_task_queue_poll_succeed");
        if (task is { ScheduledTime: { } scheduled, StartedTime: { } started })
        {
            meter.Time(
                "workflow_task_schedule_to_start_latency", started.ToDateTime() - scheduled.ToDateTime(), Type(task.WorkflowType.Name));
        }
    }

    /// <summary>Runs a task and measures it, however it ends.</summary>
    internal async Task<T> MeasureAsync<T>(string workflowType, Func<Task<T>> run)
    {
        var begun = Stopwatch.GetTimestamp();
        try
        {
            return await run().ConfigureAwait(false);
        }
        finally
        {
            meter.Tally.WorkflowTasks.CountProcessed();
            meter.Time("workflow_task_execution_latency", Stopwatch.GetElapsedTime(begun), Type(workflowType));
        }
    }

    internal void TaskFailed(string workflowType, bool isNondeterminism)
    {
        meter.Tally.WorkflowTasks.CountFailed();
        meter.Count(
            "workflow_task_execution_failed",
            Type(workflowType),
            new("failure_reason", isNondeterminism ? "NonDeterminismError" : "WorkflowError"));
    }

    /// <summary>Counts a run that one of the commands, which the server has taken, closes.</summary>
    internal void Answered(string workflowType, IEnumerable<Command> commands, DateTime startedAt)
    {
        var outcome = commands.Select(Outcome).FirstOrDefault(each => each is not null);
        if (outcome is null)
        {
            return;
        }

        if (outcome.Length > 0)
        {
            meter.Count(outcome, Type(workflowType));
        }

        meter.Time("workflow_endtoend_latency", DateTime.UtcNow - startedAt, Type(workflowType));
    }

    internal void CacheHit()
    {
        meter.Tally.CountCacheHit();
        meter.Count("sticky_cache_hit");
    }

    internal void CacheMiss()
    {
        meter.Tally.CountCacheMiss();
        meter.Count("sticky_cache_miss");
    }

    internal void CacheSize(int size)
    {
        meter.Tally.CacheSize = size;
        meter.Set("sticky_cache_size", size);
    }

    internal void Evicted() => meter.Count("sticky_cache_total_forced_eviction");

    // Null for a command that closes nothing, empty for a failure that is said to be benign.
    private static string? Outcome(Command command) => command.CommandType switch
    {
        CommandType.CompleteWorkflowExecution => "workflow_completed",
        CommandType.CancelWorkflowExecution => "workflow_canceled",
        CommandType.ContinueAsNewWorkflowExecution => "workflow_continue_as_new",
        CommandType.FailWorkflowExecution when
            command.FailWorkflowExecutionCommandAttributes.Failure?.ApplicationFailureInfo?.Category == ApplicationErrorCategory.Benign =>
            string.Empty,
        CommandType.FailWorkflowExecution => "workflow_failed",
        _ => null,
    };

    private static KeyValuePair<string, object> Type(string workflowType) => new("workflow_type", workflowType);
}
