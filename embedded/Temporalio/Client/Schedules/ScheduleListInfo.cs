namespace Temporalio.Client.Schedules;

/// <summary>What a listed schedule has done and will do.</summary>
/// <param name="RecentActions">The last few, oldest first; fewer than in <see cref="ScheduleInfo" />.</param>
/// <param name="NextActionTimes">The next few, in UTC; fewer than in <see cref="ScheduleInfo" />.</param>
public record ScheduleListInfo(
    IReadOnlyCollection<ScheduleActionResult> RecentActions,
    IReadOnlyCollection<DateTime> NextActionTimes)
{
    internal static ScheduleListInfo FromProto(Api.Schedule.V1.ScheduleListInfo proto) => new(
        [.. proto.RecentActions.Select(ScheduleActionResult.FromProto)],
        [.. proto.FutureActionTimes.Select(each => each.ToDateTime())]);
}
