namespace Temporalio.Runtime;

/// <summary>A last value.</summary>
/// <typeparam name="T">Type of its values.</typeparam>
public interface ICustomMetricGauge<T> : ICustomMetric<T>
    where T : struct
{
    /// <summary>Sets, with tags made by the meter.</summary>
    void Set(T value, object tags);
}
