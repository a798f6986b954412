namespace Temporalio.Runtime;

/// <summary>Logs and metrics of the library.</summary>
public class TelemetryOptions : ICloneable
{
    /// <summary>Logs, null for none.</summary>
    public LoggingOptions? Logging { get; set; } = new();

    /// <summary>Metrics, null for none.</summary>
    public MetricsOptions? Metrics { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (TelemetryOptions)MemberwiseClone();
        copy.Logging = (LoggingOptions?)Logging?.Clone();
        copy.Metrics = (MetricsOptions?)Metrics?.Clone();
        return copy;
    }
}
