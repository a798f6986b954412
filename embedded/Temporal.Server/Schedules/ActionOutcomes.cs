using Temporal.Server.History;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Schedule.V1;

namespace Temporal.Server.Schedules;

/// <summary>What a planned start came to.</summary>
/// <param name="RequestId">The start.</param>
/// <param name="Run">The run that it started; null when the server refused it for good.</param>
/// <param name="StartTime">When.</param>
internal sealed record StartedAction(string RequestId, WorkflowExecution? Run, DateTimeOffset StartTime);

/// <summary>How a workflow that a schedule started ended: the last run of its chain.</summary>
/// <param name="FirstRunId">First run of the chain, by which the schedule knows it.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Result">Its result when it completed.</param>
/// <param name="Failure">Its failure when it failed or timed out.</param>
internal sealed record EndedAction(string FirstRunId, WorkflowExecutionStatus Status, Payloads? Result, Failure? Failure);

/// <summary>Writes down what has become of a schedule's actions.</summary>
internal static class ActionOutcomes
{
    /// <summary>A planned start was carried out, or refused.</summary>
    public static void RecordStart(this ScheduleChange change, StartedAction outcome)
    {
        var record = change.Record;
        var planned = record.Starting.FirstOrDefault(start => start.RequestId == outcome.RequestId);
        if (planned is null)
        {
            return;
        }

        record.Starting.Remove(planned);
        if (outcome.Run is null)
        {
            return;
        }

        record.Info.ActionCount++;
        record.Info.RecentActions.Add(
            new ScheduleActionResult
            {
                ScheduleTime = planned.Start.ActualTime,
                ActualTime = outcome.StartTime.ToProto(),
                StartWorkflowResult = outcome.Run,
                StartWorkflowStatus = WorkflowExecutionStatus.Running,
            }
        );
        while (record.Info.RecentActions.Count > ScheduleLimits.RecentActions)
        {
            record.Info.RecentActions.RemoveAt(0);
        }

        if (planned.Exclusive)
        {
            record.Info.RunningWorkflows.Add(outcome.Run);
        }
    }

    /// <summary>A workflow that it started has ended.</summary>
    public static void RecordEnd(this ScheduleChange change, EndedAction ended)
    {
        var record = change.Record;
        foreach (var recent in record.Info.RecentActions.Where(recent => recent.StartWorkflowResult.RunId == ended.FirstRunId))
        {
            recent.StartWorkflowStatus = ended.Status;
        }

        var running = record.Info.RunningWorkflows.FirstOrDefault(run => run.RunId == ended.FirstRunId);
        if (running is null)
        {
            return;
        }

        record.Info.RunningWorkflows.Remove(running);
        if (ended.Result is not null)
        {
            record.LastCompletionResult = ended.Result;
            record.ContinuedFailure = null;
        }
        else if (ended.Failure is not null)
        {
            record.ContinuedFailure = ended.Failure;
        }

        if (
            record.Schedule.Policies.PauseOnFailure
            && !record.Schedule.State.Paused
            && ended.Status is WorkflowExecutionStatus.Failed or WorkflowExecutionStatus.TimedOut
        )
        {
            record.Schedule.State.Paused = true;
            record.Schedule.State.Notes =
                ended.Status == WorkflowExecutionStatus.Failed
                    ? $"paused due to workflow failure: {running.WorkflowId}: {ended.Failure?.Message}"
                    : $"paused due to workflow timeout: {running.WorkflowId}";
            record.ConflictToken++;
        }
    }

    /// <summary>The workflows of whose end a schedule wants to know: by first run id.</summary>
    public static IEnumerable<WorkflowExecution> Unfinished(this ScheduleRecord record) =>
        record
            .Info.RecentActions.Where(recent => recent.StartWorkflowStatus == WorkflowExecutionStatus.Running)
            .Select(recent => recent.StartWorkflowResult)
            .Concat(record.Info.RunningWorkflows)
            .DistinctBy(run => run.RunId);
}
