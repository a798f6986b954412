namespace Temporalio.Client.Schedules;

/// <summary>A listed schedule.</summary>
/// <param name="Action">What is done.</param>
/// <param name="Spec">When.</param>
/// <param name="State">Whether it is paused.</param>
public record ScheduleListSchedule(ScheduleListAction Action, ScheduleSpec Spec, ScheduleListState State)
{
    internal static ScheduleListSchedule FromProto(Api.Schedule.V1.ScheduleListInfo proto) => new(
        ScheduleListAction.FromProto(proto), ScheduleSpec.FromProto(proto.Spec ?? new()), ScheduleListState.FromProto(proto));
}
