using Temporalio.Common;
using Temporalio.Runtime.OpenTelemetry;
using Temporalio.Runtime.Prometheus;

namespace Temporalio.Runtime;

/// <summary>Where a runtime's metrics go.</summary>
internal sealed class RuntimeMetrics : IAsyncDisposable
{
    private const string ServiceName = "temporal-core-sdk";
    private const string DefaultPrefix = "temporal_";

    private readonly OtlpMeter? collector;

    /// <exception cref="ArgumentException">The options name no place, or more than one.</exception>
    /// <exception cref="InvalidOperationException">The Prometheus endpoint cannot be served.</exception>
    internal RuntimeMetrics(MetricsOptions? options)
    {
        Prefix = options?.MetricPrefix ?? DefaultPrefix;
        if (options is null)
        {
            Meter = MetricMeterNoop.Instance;
            return;
        }

        switch (options)
        {
            case { Prometheus: not null, OpenTelemetry: not null } or { Prometheus: not null, CustomMetricMeter: not null }:
                throw new ArgumentException("Cannot have Prometheus and OpenTelemetry/CustomMetricMeter metrics options");
            case { OpenTelemetry: not null, CustomMetricMeter: not null }:
                throw new ArgumentException("Cannot have OpenTelemetry and CustomMetricMeter metrics options");
            case { Prometheus: { } prometheus }:
                if (string.IsNullOrEmpty(prometheus.BindAddress))
                {
                    throw new ArgumentException("Prometheus options must have bind address");
                }

                var registry = new PrometheusRegistry(prometheus);
                Prometheus = PrometheusServer.Start(prometheus.BindAddress, registry);
                Meter = new CustomMeter(registry, Durations(prometheus.UseSecondsForDuration), Tags(options, "service_name"));
                break;
            case { OpenTelemetry: { } openTelemetry }:
                if (openTelemetry.Url is null)
                {
                    throw new ArgumentException($"OpenTelemetry URL is required when {nameof(OpenTelemetryOptions)} is configured");
                }

                collector = new(openTelemetry, Tags(options, "service.name"));
                Meter = new CustomMeter(collector, Durations(openTelemetry.UseSecondsForDuration), []);
                break;
            case { CustomMetricMeter: { } custom }:
                var format = options.CustomMetricMeterOptions?.HistogramDurationFormat
                    ?? CustomMetricMeterOptions.DurationFormat.IntegerMilliseconds;
                Meter = new CustomMeter(custom, format, Tags(options, "service_name"));
                break;
            default:
                throw new ArgumentException("Must have either Prometheus or OpenTelemetry metrics options");
        }
    }

    /// <summary>Makes the user's metrics.</summary>
    internal MetricMeter Meter { get; }

    /// <summary>What names of the library's own metrics begin with.</summary>
    internal string Prefix { get; }

    internal PrometheusServer? Prometheus { get; }

    /// <summary>Stops serving and sends what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        collector?.Dispose();
        if (Prometheus is not null)
        {
            await Prometheus.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static CustomMetricMeterOptions.DurationFormat Durations(bool inSeconds) => inSeconds
        ? CustomMetricMeterOptions.DurationFormat.FloatSeconds
        : CustomMetricMeterOptions.DurationFormat.IntegerMilliseconds;

    private static List<KeyValuePair<string, object>> Tags(MetricsOptions options, string serviceKey)
    {
        var tags = new List<KeyValuePair<string, object>>();
        if (options.AttachServiceName)
        {
            tags.Add(new(serviceKey, ServiceName));
        }

        tags.AddRange((options.GlobalTags ?? []).Select(each => new KeyValuePair<string, object>(each.Key, each.Value)));
        return tags;
    }
}
