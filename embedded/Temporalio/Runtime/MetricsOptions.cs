namespace Temporalio.Runtime;

/// <summary>Where metrics go.</summary>
public class MetricsOptions : ICloneable
{
    /// <summary>Nowhere yet.</summary>
    public MetricsOptions()
    {
    }

    /// <summary>To be scraped by Prometheus.</summary>
    public MetricsOptions(PrometheusOptions prometheus) => Prometheus = prometheus;

    /// <summary>To an OpenTelemetry collector.</summary>
    public MetricsOptions(OpenTelemetryOptions openTelemetry) => OpenTelemetry = openTelemetry;

    /// <summary>To be scraped by Prometheus.</summary>
    public PrometheusOptions? Prometheus { get; set; }

    /// <summary>To an OpenTelemetry collector.</summary>
    public OpenTelemetryOptions? OpenTelemetry { get; set; }

    /// <summary>To a meter of one's own.</summary>
    public ICustomMetricMeter? CustomMetricMeter { get; set; }

    /// <summary>Options of that meter.</summary>
    public CustomMetricMeterOptions? CustomMetricMeterOptions { get; set; }

    /// <summary>Whether each metric names the service.</summary>
    public bool AttachServiceName { get; set; } = true;

    /// <summary>Tags of every metric.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>>? GlobalTags { get; set; }

    /// <summary>Prefix of the library's own metrics.</summary>
    public string? MetricPrefix { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (MetricsOptions)MemberwiseClone();
        copy.Prometheus = (PrometheusOptions?)Prometheus?.Clone();
        copy.OpenTelemetry = (OpenTelemetryOptions?)OpenTelemetry?.Clone();
        return copy;
    }
}
