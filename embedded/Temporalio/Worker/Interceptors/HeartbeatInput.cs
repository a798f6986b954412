namespace Temporalio.Worker.Interceptors;

/// <summary>A heartbeat to record.</summary>
/// <param name="Details">Details.</param>
public record HeartbeatInput(
    object?[] Details);
