using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;

namespace Temporalio.Client.Schedules;

/// <summary>A stretch of time whose actions are taken now. Times are UTC.</summary>
/// <param name="StartAt">From here, exclusively.</param>
/// <param name="EndAt">To here, inclusively.</param>
/// <param name="Overlap">What happens where actions overlap; unspecified for the schedule's policy.</param>
public record ScheduleBackfill(
    DateTime StartAt,
    DateTime EndAt,
    ScheduleOverlapPolicy Overlap = ScheduleOverlapPolicy.Unspecified)
{
    internal Api.Schedule.V1.BackfillRequest ToProto() => new()
    {
        StartTime = Timestamp.FromDateTime(StartAt),
        EndTime = Timestamp.FromDateTime(EndAt),
        OverlapPolicy = Overlap,
    };
}
