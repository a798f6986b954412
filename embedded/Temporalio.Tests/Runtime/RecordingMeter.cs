using System.Collections.Concurrent;
using Temporalio.Runtime;

namespace Temporalio.Tests.Runtime;

/// <summary>Keeps what is recorded.</summary>
internal sealed class RecordingMeter : ICustomMetricMeter
{
    private readonly ConcurrentQueue<Entry> records = new();

    internal IReadOnlyCollection<Entry> Records => records;

    /// <summary>Values of tags, in the order in which they came.</summary>
    internal ConcurrentQueue<object> TagValues { get; } = new();

    /// <summary>Records of a metric whose tags hold all of these, as <c>key=value</c>.</summary>
    internal IEnumerable<Entry> Of(string name, params string[] tags) =>
        records.Where(each => each.Name == name && tags.All(tag => each.Tags.Split(',').Contains(tag)));

    public ICustomMetricCounter<T> CreateCounter<T>(string name, string? unit, string? description)
        where T : struct => new Metric<T>(this, name, unit);

    public ICustomMetricHistogram<T> CreateHistogram<T>(string name, string? unit, string? description)
        where T : struct => new Metric<T>(this, name, unit);

    public ICustomMetricGauge<T> CreateGauge<T>(string name, string? unit, string? description)
        where T : struct => new Metric<T>(this, name, unit);

    public object CreateTags(object? appendFrom, IReadOnlyCollection<KeyValuePair<string, object>> tags)
    {
        var all = new SortedDictionary<string, object>((SortedDictionary<string, object>?)appendFrom ?? [], StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            all[key] = value;
            TagValues.Enqueue(value);
        }

        return all;
    }

    internal sealed record Entry(string Name, string? Unit, object Value, string Tags);

    private sealed class Metric<T>(RecordingMeter meter, string name, string? unit)
        : ICustomMetricCounter<T>, ICustomMetricHistogram<T>, ICustomMetricGauge<T>
        where T : struct
    {
        public void Add(T value, object tags) => Keep(value, tags);

        public void Record(T value, object tags) => Keep(value, tags);

        public void Set(T value, object tags) => Keep(value, tags);

        private void Keep(T value, object tags) => meter.records.Enqueue(new(
            name, unit, value, string.Join(',', ((SortedDictionary<string, object>)tags).Select(each => $"{each.Key}={each.Value}"))));
    }
}
