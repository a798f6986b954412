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

    /// <summary>How often workers tell the server that they live, from one second to one minute; null for never.</summary>
    public TimeSpan? WorkerHeartbeatInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether heartbeats of workers leave out the runtime and the operating system.</summary>
    public bool DisableEnvironmentInfo { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (TemporalRuntimeOptions)MemberwiseClone();
        copy.Telemetry = (TelemetryOptions)Telemetry.Clone();
        return copy;
    }
}
