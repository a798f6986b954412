using Temporalio.Common;
using Temporalio.Runtime.Logs;

namespace Temporalio.Runtime;

/// <summary>What connections and workers of a process share: telemetry.</summary>
public sealed class TemporalRuntime
{
    /// <summary>Names that begin so are the library's own.</summary>
    internal const string ReservedNamePrefix = "__temporal";

    // The bounds of sdk-core.
    private static readonly TimeSpan ShortestHeartbeat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestHeartbeat = TimeSpan.FromSeconds(60);

    private static readonly Lazy<TemporalRuntime> LazyDefault = new(() => new(new TemporalRuntimeOptions()));

    /// <summary>A runtime with telemetry of its own, for as long as the process runs.</summary>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="InvalidOperationException">The Prometheus endpoint cannot be served.</exception>
    public TemporalRuntime(TemporalRuntimeOptions options)
    {
        Options = (TemporalRuntimeOptions)options.Clone();
        if (Options.WorkerHeartbeatInterval is { } interval && (interval < ShortestHeartbeat || interval > LongestHeartbeat))
        {
            throw new ArgumentException($"WorkerHeartbeatInterval must be from 1 s to 60 s, not {interval}", nameof(options));
        }
        Log = new(Options.Telemetry.Logging);
        Metrics = new(Options.Telemetry.Metrics);
    }

    /// <summary>The runtime of whoever does not bring one.</summary>
    public static TemporalRuntime Default => LazyDefault.Value;

    /// <summary>Makes metrics.</summary>
    public MetricMeter MetricMeter => Metrics.Meter;

    internal TemporalRuntimeOptions Options { get; }

    internal RuntimeLog Log { get; }

    internal RuntimeMetrics Metrics { get; }
}
