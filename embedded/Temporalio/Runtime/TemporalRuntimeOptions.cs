namespace Temporalio.Runtime;

/// <summary>Options of <see cref="TemporalRuntime" />.</summary>
public class TemporalRuntimeOptions : ICloneable
{
    /// <summary>Defaults.</summary>
    public TemporalRuntimeOptions()
    {
    }

    /// <summary>With telemetry.</summary>
    public TemporalRuntimeOptions(TelemetryOptions telemetry) => Telemetry = telemetry;

    /// <summary>Logs and metrics of the library.</summary>
    public TelemetryOptions Telemetry { get; set; } = new();

    /// <summary>How often workers tell the server that they live; null for never.</summary>
    public TimeSpan? WorkerHeartbeatInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether to keep runtime and operating system to ourselves.</summary>
    public bool DisableEnvironmentInfo { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (TemporalRuntimeOptions)MemberwiseClone();
        copy.Telemetry = (TelemetryOptions)Telemetry.Clone();
        return copy;
    }
}
