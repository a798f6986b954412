namespace Temporalio.Common;

/// <summary>A distribution.</summary>
/// <typeparam name="T">Type of its values.</typeparam>
public abstract class MetricHistogram<T> : Metric<T>
    where T : struct
{
    internal MetricHistogram(MetricDetails details)
        : base(details)
    {
    }

    /// <summary>Names it.</summary>
    protected MetricHistogram(string name, string? unit = null, string? description = null)
        : this(new(name, unit, description))
    {
    }

    /// <summary>Records a value.</summary>
    public abstract void Record(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null);

    /// <summary>The same with more tags.</summary>
    public abstract MetricHistogram<T> WithTags(IEnumerable<KeyValuePair<string, object>> tags);
}
