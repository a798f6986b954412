using System.Collections.Concurrent;
using Temporalio.Common;
using Temporalio.Runtime;

namespace Temporalio.Worker.Telemetry;

/// <summary>The metrics of one worker, under sdk-core's names (crates/sdk-core/src/telemetry/metrics.rs).</summary>
internal sealed class WorkerMeter
{
    private readonly MetricMeter? meter;
    private readonly string prefix;
    private readonly ConcurrentDictionary<string, MetricCounter<long>> counters = new();
    private readonly ConcurrentDictionary<string, MetricHistogram<TimeSpan>> histograms = new();
    private readonly ConcurrentDictionary<string, MetricGauge<long>> gauges = new();
    private readonly Lock polling = new();

    internal WorkerMeter(RuntimeMetrics metrics, string @namespace, string taskQueue)
    {
        prefix = metrics.Prefix;
        meter = metrics.Meter is MetricMeterNoop
            ? null
            : metrics.Meter.WithTags([new("namespace", @namespace), new("task_queue", taskQueue)]);
    }

    /// <summary>Gets the numbers for heartbeats.</summary>
    internal WorkerTally Tally { get; } = new();

    internal void Count(string name, params KeyValuePair<string, object>[] tags)
    {
        if (meter is not null)
        {
            counters.GetOrAdd(name, each => meter.CreateCounter<long>(prefix + each)).Add(1, tags);
        }
    }

    internal void Time(string name, TimeSpan elapsed, params KeyValuePair<string, object>[] tags)
    {
        if (meter is not null)
        {
            // Clocks of several machines need not agree.
            histograms.GetOrAdd(name, each => meter.CreateHistogram<TimeSpan>(prefix + each, "duration"))
                .Record(elapsed < TimeSpan.Zero ? TimeSpan.Zero : elapsed, tags);
        }
    }

    internal void Set(string name, long value, params KeyValuePair<string, object>[] tags)
    {
        if (meter is not null)
        {
            gauges.GetOrAdd(name, each => meter.CreateGauge<long>(prefix + each)).Set(value, tags);
        }
    }

    /// <summary>Counts a poll as open until it is disposed of.</summary>
    internal OpenPoll Polling(PollTally polls)
    {
        Add(polls, 1);
        return new(this, polls);
    }

    private void Add(PollTally polls, int change)
    {
        // Together, so that the last change is also the last to be shown.
        lock (polling)
        {
            var open = polls.Change(change);
            if (meter is not null)
            {
                Set("num_pollers", open, new KeyValuePair<string, object>("poller_type", polls.Kind));
            }
        }
    }

    internal readonly struct OpenPoll(WorkerMeter meter, PollTally polls) : IDisposable
    {
        public void Dispose() => meter.Add(polls, -1);
    }
}
