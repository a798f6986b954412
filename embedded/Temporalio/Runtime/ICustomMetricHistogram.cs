namespace Temporalio.Runtime;

/// <summary>A distribution.</summary>
/// <typeparam name="T">Type of its values.</typeparam>
public interface ICustomMetricHistogram<T> : ICustomMetric<T>
    where T : struct
{
    /// <summary>Records, with tags made by the meter.</summary>
    void Record(T value, object tags);
}
