using System.Collections.Concurrent;
using System.Globalization;

namespace Temporalio.Runtime.Prometheus;

/// <summary>
/// Metrics to be scraped, in the text format:
/// <c>https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format</c>.
/// </summary>
internal sealed class PrometheusRegistry(PrometheusOptions options) : ICustomMetricMeter
{
    private readonly ConcurrentDictionary<string, PrometheusFamily> families = new();

    /// <inheritdoc />
    public ICustomMetricCounter<T> CreateCounter<T>(string name, string? unit, string? description)
        where T : struct
    {
        var suffix = options.HasCounterTotalSuffix && !name.EndsWith("_total", StringComparison.Ordinal) ? "_total" : string.Empty;
        return new Instrument<T>(Family(name + suffix, "counter", description, () => new PrometheusSeries.Counter()));
    }

    /// <inheritdoc />
    public ICustomMetricHistogram<T> CreateHistogram<T>(string name, string? unit, string? description)
        where T : struct
    {
        var bounds = HistogramBuckets.For(name, options.HistogramBucketOverrides, options.UseSecondsForDuration);
        var suffix = options.HasUnitSuffix && unit is { Length: > 0 } ? $"_{LongForm(unit)}" : string.Empty;
        return new Instrument<T>(Family(name + suffix, "histogram", description, () => new PrometheusSeries.Histogram(bounds)));
    }

    /// <inheritdoc />
    public ICustomMetricGauge<T> CreateGauge<T>(string name, string? unit, string? description)
        where T : struct =>
        new Instrument<T>(Family(name, "gauge", description, () => new PrometheusSeries.Gauge()));

    /// <inheritdoc />
    public object CreateTags(object? appendFrom, IReadOnlyCollection<KeyValuePair<string, object>> tags) =>
        ((PrometheusLabels?)appendFrom ?? PrometheusLabels.None).With(tags);

    internal string Write()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        // ToArray is the dictionary's own: LINQ's, on which sorting rests, fails when another appears in between.
        foreach (var (_, family) in families.ToArray().OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            family.Write(text);
        }

        return text.ToString();
    }

    private static string LongForm(string unit) => unit switch
    {
        "ms" => "milliseconds",
        "s" => "seconds",
        _ => PrometheusName.Of(unit),
    };

    /// <exception cref="ArgumentException">A metric of that name is of another type.</exception>
    private PrometheusFamily Family(string name, string type, string? description, Func<PrometheusSeries> create)
    {
        name = PrometheusName.Of(name);
        var family = families.GetOrAdd(
            name, _ => new(name, type, string.IsNullOrEmpty(description) ? name : description, create));
        return family.Type == type
            ? family
            : throw new ArgumentException($"Metric {name} exists as {family.Type}, so it cannot be a {type}");
    }

    private sealed class Instrument<T>(PrometheusFamily family)
        : ICustomMetricCounter<T>, ICustomMetricHistogram<T>, ICustomMetricGauge<T>
        where T : struct
    {
        public void Add(T value, object tags) => Write(value, tags);

        public void Record(T value, object tags) => Write(value, tags);

        public void Set(T value, object tags) => Write(value, tags);

        private void Write(T value, object tags) =>
            family.Record(Convert.ToDouble(value, CultureInfo.InvariantCulture), (PrometheusLabels)tags);
    }
}
