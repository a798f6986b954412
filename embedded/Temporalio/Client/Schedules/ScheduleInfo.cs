namespace Temporalio.Client.Schedules;

/// <summary>What a schedule has done and will do. Times are UTC.</summary>
/// <param name="NumActions">Number of actions taken.</param>
/// <param name="NumActionsMissedCatchupWindow">Number of actions that were too late to be caught up with.</param>
/// <param name="NumActionsSkippedOverlap">Number of actions skipped because another was running.</param>
/// <param name="RunningActions">Those that run.</param>
/// <param name="RecentActions">The last ten, oldest first.</param>
/// <param name="NextActionTimes">The next ten.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="LastUpdatedAt">When it was last changed; null for never.</param>
public record ScheduleInfo(
    long NumActions,
    long NumActionsMissedCatchupWindow,
    long NumActionsSkippedOverlap,
    IReadOnlyCollection<ScheduleActionExecution> RunningActions,
    IReadOnlyCollection<ScheduleActionResult> RecentActions,
    IReadOnlyCollection<DateTime> NextActionTimes,
    DateTime CreatedAt,
    DateTime? LastUpdatedAt)
{
    internal static ScheduleInfo FromProto(Api.Schedule.V1.ScheduleInfo proto) => new(
        proto.ActionCount,
        proto.MissedCatchupWindow,
        proto.OverlapSkipped,
        [.. proto.RunningWorkflows.Select(ScheduleActionExecutionStartWorkflow.FromProto)],
        [.. proto.RecentActions.Select(ScheduleActionResult.FromProto)],
        [.. proto.FutureActionTimes.Select(each => each.ToDateTime())],
        proto.CreateTime?.ToDateTime() ?? default,
        proto.UpdateTime?.ToDateTime());
}
