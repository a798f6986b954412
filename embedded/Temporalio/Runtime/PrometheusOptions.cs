namespace Temporalio.Runtime;

/// <summary>Metrics to be scraped by Prometheus.</summary>
public class PrometheusOptions : ICloneable
{
    /// <summary>Without an address yet.</summary>
    public PrometheusOptions()
    {
    }

    /// <summary>At an address.</summary>
    public PrometheusOptions(string bindAddress) => BindAddress = bindAddress;

    /// <summary>Address and port to listen at.</summary>
    public string? BindAddress { get; set; }

    /// <summary>Whether counters end in <c>_total</c>.</summary>
    public bool HasCounterTotalSuffix { get; set; }

    /// <summary>Whether names end in their unit.</summary>
    public bool HasUnitSuffix { get; set; }

    /// <summary>Whether durations are in seconds, in place of milliseconds.</summary>
    public bool UseSecondsForDuration { get; set; }

    /// <summary>Buckets by histogram.</summary>
    public IReadOnlyDictionary<string, IReadOnlyCollection<double>>? HistogramBucketOverrides { get; set; }

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();
}
