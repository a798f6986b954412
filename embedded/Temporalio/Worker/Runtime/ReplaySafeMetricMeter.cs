using Temporalio.Common;

namespace Temporalio.Worker.Runtime;

/// <summary>A meter that counts nothing while history is replayed: it was counted the first time.</summary>
internal sealed class ReplaySafeMetricMeter(MetricMeter underlying) : MetricMeter
{
    public override MetricCounter<T> CreateCounter<T>(string name, string? unit = null, string? description = null)
        where T : struct => new Counter<T>(underlying.CreateCounter<T>(name, unit, description));

    public override MetricHistogram<T> CreateHistogram<T>(string name, string? unit = null, string? description = null)
        where T : struct => new Histogram<T>(underlying.CreateHistogram<T>(name, unit, description));

    public override MetricGauge<T> CreateGauge<T>(string name, string? unit = null, string? description = null)
        where T : struct => new Gauge<T>(underlying.CreateGauge<T>(name, unit, description));

    public override MetricMeter WithTags(IEnumerable<KeyValuePair<string, object>> tags) =>
        new ReplaySafeMetricMeter(underlying.WithTags(tags));

    private static bool IsLive => !Workflows.Workflow.Unsafe.IsReplayingHistoryEvents;

    private sealed class Counter<T>(MetricCounter<T> underlying) : MetricCounter<T>(underlying.Details)
        where T : struct
    {
        public override void Add(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null)
        {
            if (IsLive)
            {
                underlying.Add(value, extraTags);
            }
        }

        public override MetricCounter<T> WithTags(IEnumerable<KeyValuePair<string, object>> tags) =>
            new Counter<T>(underlying.WithTags(tags));
    }

    private sealed class Histogram<T>(MetricHistogram<T> underlying) : MetricHistogram<T>(underlying.Details)
        where T : struct
    {
        public override void Record(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null)
        {
            if (IsLive)
            {
                underlying.Record(value, extraTags);
            }
        }

        public override MetricHistogram<T> WithTags(IEnumerable<KeyValuePair<string, object>> tags) =>
            new Histogram<T>(underlying.WithTags(tags));
    }

    private sealed class Gauge<T>(MetricGauge<T> underlying) : MetricGauge<T>(underlying.Details)
        where T : struct
    {
        public override void Set(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null)
        {
            if (IsLive)
            {
                underlying.Set(value, extraTags);
            }
        }

        public override MetricGauge<T> WithTags(IEnumerable<KeyValuePair<string, object>> tags) =>
            new Gauge<T>(underlying.WithTags(tags));
    }
}
