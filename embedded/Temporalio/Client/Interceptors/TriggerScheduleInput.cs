using Temporalio.Client.Schedules;

namespace Temporalio.Client.Interceptors;

/// <summary>Takes a schedule's action now.</summary>
/// <param name="Id">Id of the schedule.</param>
/// <param name="Options">Options.</param>
public record TriggerScheduleInput(
    string Id,
    ScheduleTriggerOptions? Options);
