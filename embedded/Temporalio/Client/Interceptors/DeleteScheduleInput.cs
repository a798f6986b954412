namespace Temporalio.Client.Interceptors;

/// <summary>Deletes a schedule.</summary>
/// <param name="Id">Id of the schedule.</param>
/// <param name="RpcOptions">Options of the call.</param>
public record DeleteScheduleInput(
    string Id,
    RpcOptions? RpcOptions);
