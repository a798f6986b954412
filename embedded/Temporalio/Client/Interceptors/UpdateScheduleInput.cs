using Temporalio.Client.Schedules;

namespace Temporalio.Client.Interceptors;

/// <summary>Changes a schedule.</summary>
/// <param name="Id">Id of the schedule.</param>
/// <param name="Updater">Makes of what there is what shall be; null for no change.</param>
/// <param name="RpcOptions">Options of the calls.</param>
public record UpdateScheduleInput(
    string Id,
    Func<ScheduleUpdateInput, Task<ScheduleUpdate?>> Updater,
    RpcOptions? RpcOptions);
