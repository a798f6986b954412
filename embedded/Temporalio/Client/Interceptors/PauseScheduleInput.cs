namespace Temporalio.Client.Interceptors;

/// <summary>Pauses a schedule.</summary>
/// <param name="Id">Id of the schedule.</param>
/// <param name="Note">Why.</param>
/// <param name="RpcOptions">Options of the call.</param>
public record PauseScheduleInput(
    string Id,
    string? Note,
    RpcOptions? RpcOptions);
