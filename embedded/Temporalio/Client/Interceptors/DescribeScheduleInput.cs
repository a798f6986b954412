namespace Temporalio.Client.Interceptors;

/// <summary>Describes a schedule.</summary>
/// <param name="Id">Id of the schedule.</param>
/// <param name="RpcOptions">Options of the call.</param>
public record DescribeScheduleInput(
    string Id,
    RpcOptions? RpcOptions);
