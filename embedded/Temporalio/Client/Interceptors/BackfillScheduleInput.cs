using Temporalio.Client.Schedules;

namespace Temporalio.Client.Interceptors;

/// <summary>Takes the actions of stretches of time now.</summary>
/// <param name="Id">Id of the schedule.</param>
/// <param name="Backfills">The stretches.</param>
/// <param name="RpcOptions">Options of the call.</param>
public record BackfillScheduleInput(
    string Id,
    IReadOnlyCollection<ScheduleBackfill> Backfills,
    RpcOptions? RpcOptions);
