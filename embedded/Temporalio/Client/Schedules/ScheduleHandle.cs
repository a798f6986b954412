using Temporalio.Exceptions;

namespace Temporalio.Client.Schedules;

/// <summary>A schedule, whether it exists or not. Its calls fail with <see cref="RpcException" /> where it does not.</summary>
/// <param name="Client">Client.</param>
/// <param name="Id">Id of the schedule.</param>
public record ScheduleHandle(ITemporalClient Client, string Id)
{
    /// <summary>Takes the actions of stretches of time now.</summary>
    /// <exception cref="ArgumentException">There is no stretch.</exception>
    public virtual Task BackfillAsync(IReadOnlyCollection<ScheduleBackfill> backfills, RpcOptions? rpcOptions = null) =>
        backfills.Count > 0
            ? Client.OutboundInterceptor.BackfillScheduleAsync(new(Id, backfills, rpcOptions))
            : throw new ArgumentException("At least one backfill required");

    /// <summary>Deletes it. What it has started goes on.</summary>
    public virtual Task DeleteAsync(RpcOptions? rpcOptions = null) =>
        Client.OutboundInterceptor.DeleteScheduleAsync(new(Id, rpcOptions));

    /// <summary>Describes it.</summary>
    public virtual Task<ScheduleDescription> DescribeAsync(RpcOptions? rpcOptions = null) =>
        Client.OutboundInterceptor.DescribeScheduleAsync(new(Id, rpcOptions));

    /// <summary>Pauses it.</summary>
    /// <param name="note">Why.</param>
    /// <param name="rpcOptions">Options of the call.</param>
    public virtual Task PauseAsync(string? note = null, RpcOptions? rpcOptions = null) =>
        Client.OutboundInterceptor.PauseScheduleAsync(new(Id, note, rpcOptions));

    /// <summary>Takes its action now.</summary>
    public virtual Task TriggerAsync(ScheduleTriggerOptions? options = null) =>
        Client.OutboundInterceptor.TriggerScheduleAsync(new(Id, options));

    /// <summary>Lets it go on.</summary>
    /// <param name="note">Why.</param>
    /// <param name="rpcOptions">Options of the call.</param>
    public virtual Task UnpauseAsync(string? note = null, RpcOptions? rpcOptions = null) =>
        Client.OutboundInterceptor.UnpauseScheduleAsync(new(Id, note, rpcOptions));

    /// <summary>Changes it.</summary>
    /// <param name="updater">Gets what there is and returns what shall be, or null to change nothing. It may be called more than once.</param>
    /// <param name="rpcOptions">Options of the calls.</param>
    public Task UpdateAsync(Func<ScheduleUpdateInput, ScheduleUpdate?> updater, RpcOptions? rpcOptions = null) =>
        UpdateAsync(input => Task.FromResult(updater(input)), rpcOptions);

    /// <summary>Changes it.</summary>
    /// <param name="updater">Gets what there is and returns what shall be, or null to change nothing. It may be called more than once.</param>
    /// <param name="rpcOptions">Options of the calls.</param>
    public virtual Task UpdateAsync(Func<ScheduleUpdateInput, Task<ScheduleUpdate?>> updater, RpcOptions? rpcOptions = null) =>
        Client.OutboundInterceptor.UpdateScheduleAsync(new(Id, updater, rpcOptions));
}
