namespace Temporalio.Runtime;

/// <summary>Transport of OpenTelemetry.</summary>
public enum OpenTelemetryProtocol
{
    /// <summary>gRPC.</summary>
    Grpc,

    /// <summary>HTTP.</summary>
    Http,
}
