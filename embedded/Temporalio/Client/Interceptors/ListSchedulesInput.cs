using Temporalio.Client.Schedules;

namespace Temporalio.Client.Interceptors;

/// <summary>Lists schedules.</summary>
/// <param name="Options">Options.</param>
public record ListSchedulesInput(
    ScheduleListOptions? Options);
