namespace Temporalio.Common;

/// <summary>Makes metrics.</summary>
public abstract class MetricMeter
{
    /// <summary>A sum that only grows.</summary>
    public abstract MetricCounter<T> CreateCounter<T>(string name, string? unit = null, string? description = null)
        where T : struct;

    /// <summary>A distribution. <typeparamref name="T" /> may be <see cref="TimeSpan" />.</summary>
    public abstract MetricHistogram<T> CreateHistogram<T>(string name, string? unit = null, string? description = null)
        where T : struct;

    /// <summary>A last value.</summary>
    public abstract MetricGauge<T> CreateGauge<T>(string name, string? unit = null, string? description = null)
        where T : struct;

    /// <summary>The same with more tags.</summary>
    public abstract MetricMeter WithTags(IEnumerable<KeyValuePair<string, object>> tags);
}
