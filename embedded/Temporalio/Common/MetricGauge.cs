namespace Temporalio.Common;

/// <summary>A last value.</summary>
/// <typeparam name="T">Type of its values.</typeparam>
public abstract class MetricGauge<T> : Metric<T>
    where T : struct
{
    internal MetricGauge(MetricDetails details)
        : base(details)
    {
    }

    /// <summary>Names it.</summary>
    protected MetricGauge(string name, string? unit = null, string? description = null)
        : this(new(name, unit, description))
    {
    }

    /// <summary>Sets it.</summary>
    public abstract void Set(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null);

    /// <summary>The same with more tags.</summary>
    public abstract MetricGauge<T> WithTags(IEnumerable<KeyValuePair<string, object>> tags);
}
