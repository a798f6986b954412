using Temporalio.Common;

namespace Temporalio.Runtime;

/// <summary>What connections and workers of a process share: telemetry.</summary>
public sealed class TemporalRuntime
{
    /// <summary>Names that begin so are the library's own.</summary>
    internal const string ReservedNamePrefix = "__temporal";

    private static readonly Lazy<TemporalRuntime> LazyDefault = new(() => new(new TemporalRuntimeOptions()));

    /// <summary>A runtime with telemetry of its own.</summary>
    public TemporalRuntime(TemporalRuntimeOptions options)
    {
        Options = (TemporalRuntimeOptions)options.Clone();
        MetricMeter = Options.Telemetry.Metrics?.CustomMetricMeter is { } custom
            ? new CustomMeter(custom, Options.Telemetry.Metrics)
            : MetricMeterNoop.Instance;
    }

    /// <summary>The runtime of whoever does not bring one.</summary>
    public static TemporalRuntime Default => LazyDefault.Value;

    /// <summary>Makes metrics.</summary>
    public MetricMeter MetricMeter { get; }

    internal TemporalRuntimeOptions Options { get; }
}
