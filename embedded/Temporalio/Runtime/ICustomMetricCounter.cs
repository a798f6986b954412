namespace Temporalio.Runtime;

/// <summary>A sum that only grows.</summary>
/// <typeparam name="T">Type of its values.</typeparam>
public interface ICustomMetricCounter<T> : ICustomMetric<T>
    where T : struct
{
    /// <summary>Adds, with tags made by the meter.</summary>
    void Add(T value, object tags);
}
