namespace Temporalio.Common;

/// <summary>A sum that only grows.</summary>
/// <typeparam name="T">Type of its values.</typeparam>
public abstract class MetricCounter<T> : Metric<T>
    where T : struct
{
    internal MetricCounter(MetricDetails details)
        : base(details)
    {
    }

    /// <summary>Names it.</summary>
    protected MetricCounter(string name, string? unit = null, string? description = null)
        : this(new(name, unit, description))
    {
    }

    /// <summary>Adds.</summary>
    public abstract void Add(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null);

    /// <summary>The same with more tags.</summary>
    public abstract MetricCounter<T> WithTags(IEnumerable<KeyValuePair<string, object>> tags);
}
