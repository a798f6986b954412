using Temporalio.Client.Schedules;

namespace Temporalio.Client.Interceptors;

/// <summary>Creates a schedule.</summary>
/// <param name="Id">Id of the schedule.</param>
/// <param name="Schedule">The schedule.</param>
/// <param name="Options">Options.</param>
public record CreateScheduleInput(
    string Id,
    Schedule Schedule,
    ScheduleOptions? Options);
