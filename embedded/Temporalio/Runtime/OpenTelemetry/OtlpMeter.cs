using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Temporalio.Runtime.OpenTelemetry;

/// <summary>Metrics to a collector, by OpenTelemetry's own SDK.</summary>
internal sealed class OtlpMeter : ICustomMetricMeter, IDisposable
{
    private const string Name = "temporal-core-sdk";

    // sdk-core's default.
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(1);

    private readonly Meter meter = new(Name);
    private readonly MeterProvider provider;

    /// <param name="options">Where to.</param>
    /// <param name="resource">What every metric is from.</param>
    internal OtlpMeter(OpenTelemetryOptions options, IEnumerable<KeyValuePair<string, object>> resource)
    {
        provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes(resource))
            .AddMeter(Name)
            .AddView(instrument => View(instrument, options))
            .AddReader(Reader(options))
            .Build();
    }

    /// <summary>Sends what is left.</summary>
    public void Dispose()
    {
        provider.Dispose();
        meter.Dispose();
    }

    /// <inheritdoc />
    public ICustomMetricCounter<T> CreateCounter<T>(string name, string? unit, string? description)
        where T : struct => new CounterOf<T>(meter.CreateCounter<T>(name, unit, description));

    /// <inheritdoc />
    public ICustomMetricHistogram<T> CreateHistogram<T>(string name, string? unit, string? description)
        where T : struct => new HistogramOf<T>(meter.CreateHistogram<T>(name, unit, description));

    /// <inheritdoc />
    public ICustomMetricGauge<T> CreateGauge<T>(string name, string? unit, string? description)
        where T : struct => new GaugeOf<T>(meter.CreateGauge<T>(name, unit, description));

    /// <inheritdoc />
    public object CreateTags(object? appendFrom, IReadOnlyCollection<KeyValuePair<string, object>> tags)
    {
        var all = new Dictionary<string, object?>();
        foreach (var (key, value) in (IEnumerable<KeyValuePair<string, object?>>?)appendFrom ?? [])
        {
            all[key] = value;
        }

        foreach (var (key, value) in tags)
        {
            all[key] = value;
        }

        return all.ToArray();
    }

    private static PeriodicExportingMetricReader Reader(OpenTelemetryOptions options)
    {
        var exporter = new OtlpMetricExporter(new()
        {
            Endpoint = options.Url!,
            Protocol = options.Protocol == OpenTelemetryProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
            Headers = string.Join(
                ',', (options.Headers ?? []).Select(each => $"{each.Key}={Uri.EscapeDataString(each.Value)}")),
        });
        return new(exporter, (int)(options.MetricsExportInterval ?? DefaultInterval).TotalMilliseconds)
        {
            TemporalityPreference = options.MetricTemporality == OpenTelemetryMetricTemporality.Delta
                ? MetricReaderTemporalityPreference.Delta
                : MetricReaderTemporalityPreference.Cumulative,
        };
    }

    // Providers tell meters apart by their names alone, and other runtimes of the process have meters of the same name.
    private MetricStreamConfiguration? View(Instrument instrument, OpenTelemetryOptions options)
    {
        if (instrument.Meter != meter)
        {
            return MetricStreamConfiguration.Drop;
        }

        return instrument.GetType().GetGenericTypeDefinition() == typeof(Histogram<>)
            ? new ExplicitBucketHistogramConfiguration
            {
                Boundaries = HistogramBuckets.For(
                    instrument.Name, options.HistogramBucketOverrides, options.UseSecondsForDuration),
            }
            : null;
    }

    private sealed class CounterOf<T>(Counter<T> counter) : ICustomMetricCounter<T>
        where T : struct
    {
        public void Add(T value, object tags) => counter.Add(value, (KeyValuePair<string, object?>[])tags);
    }

    private sealed class HistogramOf<T>(Histogram<T> histogram) : ICustomMetricHistogram<T>
        where T : struct
    {
        public void Record(T value, object tags) => histogram.Record(value, (KeyValuePair<string, object?>[])tags);
    }

    private sealed class GaugeOf<T>(Gauge<T> gauge) : ICustomMetricGauge<T>
        where T : struct
    {
        public void Set(T value, object tags) => gauge.Record(value, (KeyValuePair<string, object?>[])tags);
    }
}
