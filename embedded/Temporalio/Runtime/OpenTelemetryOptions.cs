namespace Temporalio.Runtime;

/// <summary>Metrics to an OpenTelemetry collector.</summary>
public class OpenTelemetryOptions : ICloneable
{
    /// <summary>Without an address yet.</summary>
    public OpenTelemetryOptions()
    {
    }

    /// <summary>To an address.</summary>
    public OpenTelemetryOptions(string url)
        : this(new Uri(url))
    {
    }

    /// <summary>To an address.</summary>
    public OpenTelemetryOptions(Uri url) => Url = url;

    /// <summary>The collector.</summary>
    public Uri? Url { get; set; }

    /// <summary>Headers of each request.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>>? Headers { get; set; }

    /// <summary>How often.</summary>
    public TimeSpan? MetricsExportInterval { get; set; }

    /// <summary>Sums or differences.</summary>
    public OpenTelemetryMetricTemporality MetricTemporality { get; set; } = OpenTelemetryMetricTemporality.Cumulative;

    /// <summary>Whether durations are in seconds, in place of milliseconds.</summary>
    public bool UseSecondsForDuration { get; set; }

    /// <summary>Transport.</summary>
    public OpenTelemetryProtocol Protocol { get; set; } = OpenTelemetryProtocol.Grpc;

    /// <summary>Buckets by histogram.</summary>
    public IReadOnlyDictionary<string, IReadOnlyCollection<double>>? HistogramBucketOverrides { get; set; }

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();
}
