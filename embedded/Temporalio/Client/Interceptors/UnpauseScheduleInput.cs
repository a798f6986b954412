namespace Temporalio.Client.Interceptors;

/// <summary>Lets a paused schedule go on.</summary>
/// <param name="Id">Id of the schedule.</param>
/// <param name="Note">Why.</param>
/// <param name="RpcOptions">Options of the call.</param>
public record UnpauseScheduleInput(
    string Id,
    string? Note,
    RpcOptions? RpcOptions);
