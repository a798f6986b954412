namespace Temporalio.Runtime;

/// <summary>Which of the library's own logs go where.</summary>
public class LoggingOptions : ICloneable
{
    /// <summary>Defaults.</summary>
    public LoggingOptions()
    {
    }

    /// <summary>With a filter.</summary>
    public LoggingOptions(TelemetryFilterOptions filter) => Filter = filter;

    /// <summary>Which logs.</summary>
    public TelemetryFilterOptions Filter { get; set; } = new();

    /// <summary>Where they go, null for the console.</summary>
    public LogForwardingOptions? Forwarding { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (LoggingOptions)MemberwiseClone();
        copy.Filter = (TelemetryFilterOptions)Filter.Clone();
        copy.Forwarding = (LogForwardingOptions?)Forwarding?.Clone();
        return copy;
    }
}
