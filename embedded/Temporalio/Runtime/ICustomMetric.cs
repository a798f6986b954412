namespace Temporalio.Runtime;

/// <summary>A metric of one's own meter.</summary>
/// <typeparam name="T">Type of its values.</typeparam>
public interface ICustomMetric<T>
    where T : struct
{
}
