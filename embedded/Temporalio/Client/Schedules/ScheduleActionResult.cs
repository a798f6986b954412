namespace Temporalio.Client.Schedules;

/// <summary>An action that was taken. Times are UTC.</summary>
/// <param name="ScheduledAt">When it was due, jitter included.</param>
/// <param name="StartedAt">When it was taken.</param>
/// <param name="Action">What it has become.</param>
public record ScheduleActionResult(DateTime ScheduledAt, DateTime StartedAt, ScheduleActionExecution Action)
{
    internal static ScheduleActionResult FromProto(Api.Schedule.V1.ScheduleActionResult proto) => new(
        proto.ScheduleTime.ToDateTime(),
        proto.ActualTime.ToDateTime(),
        ScheduleActionExecutionStartWorkflow.FromProto(proto.StartWorkflowResult ?? new()));
}
