namespace Temporalio.Client.Schedules;

/// <summary>State of a listed schedule.</summary>
/// <param name="Note">Note for people, for example why it is paused.</param>
/// <param name="Paused">Whether it is paused.</param>
public record ScheduleListState(string? Note, bool Paused)
{
    internal static ScheduleListState FromProto(Api.Schedule.V1.ScheduleListInfo proto) =>
        new(proto.Notes.Length == 0 ? null : proto.Notes, proto.Paused);
}
