using System.Globalization;
using Temporalio.Common;

namespace Temporalio.Runtime;

/// <summary>The library's metrics on a meter of the user's. Whole numbers arrive as <see cref="long" />, others as <see cref="double" />.</summary>
internal sealed class CustomMeter : MetricMeter
{
    private readonly ICustomMetricMeter meter;
    private readonly CustomMetricMeterOptions.DurationFormat durations;
    private readonly object tags;

    internal CustomMeter(
        ICustomMetricMeter meter,
        CustomMetricMeterOptions.DurationFormat durations,
        IReadOnlyCollection<KeyValuePair<string, object>> tags)
        : this(meter, durations, meter.CreateTags(null, [.. tags.Select(Widened)]))
    {
    }

    private CustomMeter(ICustomMetricMeter meter, CustomMetricMeterOptions.DurationFormat durations, object tags)
    {
        this.meter = meter;
        this.durations = durations;
        this.tags = tags;
    }

    public override MetricCounter<T> CreateCounter<T>(string name, string? unit = null, string? description = null)
    {
        if (!IsWhole<T>())
        {
            throw new ArgumentException($"Invalid metric type of {typeof(T)}, must be integer");
        }

        var target = meter.CreateCounter<long>(name, unit, description);
        return new Counter<T>(new(name, unit, description), this, tags, (value, with) => target.Add(Whole(value), with));
    }

    public override MetricHistogram<T> CreateHistogram<T>(string name, string? unit = null, string? description = null) =>
        new Histogram<T>(new(name, unit, description), this, tags, Recorder<T>(name, unit, description));

    public override MetricGauge<T> CreateGauge<T>(string name, string? unit = null, string? description = null)
    {
        if (IsFraction<T>())
        {
            var fraction = meter.CreateGauge<double>(name, unit, description);
            return new Gauge<T>(new(name, unit, description), this, tags, (value, with) => fraction.Set(Fraction(value), with));
        }

        if (!IsWhole<T>())
        {
            throw new ArgumentException($"Invalid metric type of {typeof(T)}, must be integer or float");
        }

        var target = meter.CreateGauge<long>(name, unit, description);
        return new Gauge<T>(new(name, unit, description), this, tags, (value, with) => target.Set(Whole(value), with));
    }

    public override MetricMeter WithTags(IEnumerable<KeyValuePair<string, object>> tags) =>
        new CustomMeter(meter, durations, Append(this.tags, tags));

    // Whole numbers arrive as long and fractions as double, as measured values do; what is neither number, bool nor text arrives as text.
    private static KeyValuePair<string, object> Widened(KeyValuePair<string, object> tag) => tag.Value switch
    {
        int whole => new(tag.Key, (long)whole),
        float fraction => new(tag.Key, (double)fraction),
        long or double or bool or string => tag,
        var other => new(tag.Key, Convert.ToString(other, CultureInfo.InvariantCulture) ?? string.Empty),
    };

    private static bool IsFraction<T>() => typeof(T) == typeof(double) || typeof(T) == typeof(float) || typeof(T) == typeof(decimal);

    private static bool IsWhole<T>() => Type.GetTypeCode(typeof(T)) is >= TypeCode.SByte and <= TypeCode.UInt64 && !typeof(T).IsEnum;

    private static long Whole<T>(T value)
        where T : struct => value is ulong and > long.MaxValue ? long.MaxValue : NotNegative(Convert.ToInt64(value, null));

    private static double Fraction<T>(T value) => NotNegative(Convert.ToDouble(value, null));

    private static TimeSpan Span<T>(T value)
        where T : struct => NotNegative((TimeSpan)(object)value);

    private static TValue NotNegative<TValue>(TValue value)
        where TValue : struct, IComparable<TValue> =>
        value.CompareTo(default) < 0 ? throw new ArgumentException("Value cannot be negative") : value;

    private Action<T, object> Recorder<T>(string name, string? unit, string? description)
        where T : struct
    {
        if (typeof(T) == typeof(TimeSpan))
        {
            return DurationRecorder<T>(name, unit, description);
        }

        if (IsFraction<T>())
        {
            var fraction = meter.CreateHistogram<double>(name, unit, description);
            return (value, with) => fraction.Record(Fraction(value), with);
        }

        if (!IsWhole<T>())
        {
            throw new ArgumentException($"Invalid metric type of {typeof(T)}, must be integer, float, or TimeSpan");
        }

        var whole = meter.CreateHistogram<long>(name, unit, description);
        return (value, with) => whole.Record(Whole(value), with);
    }

    private Action<T, object> DurationRecorder<T>(string name, string? unit, string? description)
        where T : struct
    {
        // The library's own durations do not say their unit.
        string? In(string own) => unit == "duration" ? own : unit;
        switch (durations)
        {
            case CustomMetricMeterOptions.DurationFormat.TimeSpan:
                var spans = meter.CreateHistogram<TimeSpan>(name, unit, description);
                return (value, with) => spans.Record(Span(value), with);
            case CustomMetricMeterOptions.DurationFormat.FloatSeconds:
                var seconds = meter.CreateHistogram<double>(name, In("s"), description);
                return (value, with) => seconds.Record(Span(value).TotalSeconds, with);
            default:
                var milliseconds = meter.CreateHistogram<long>(name, In("ms"), description);
                return (value, with) => milliseconds.Record((long)Span(value).TotalMilliseconds, with);
        }
    }

    private object Append(object tags, IEnumerable<KeyValuePair<string, object>>? extra) =>
        extra is null ? tags : meter.CreateTags(tags, [.. extra.Select(Widened)]);

    private sealed class Counter<T>(Metric.MetricDetails details, CustomMeter meter, object tags, Action<T, object> add)
        : MetricCounter<T>(details)
        where T : struct
    {
        public override void Add(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null) =>
            add(value, meter.Append(tags, extraTags));

        public override MetricCounter<T> WithTags(IEnumerable<KeyValuePair<string, object>> tags1) =>
            new Counter<T>(Details, meter, meter.Append(tags, tags1), add);
    }

    private sealed class Histogram<T>(Metric.MetricDetails details, CustomMeter meter, object tags, Action<T, object> record)
        : MetricHistogram<T>(details)
        where T : struct
    {
        public override void Record(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null) =>
            record(value, meter.Append(tags, extraTags));

        public override MetricHistogram<T> WithTags(IEnumerable<KeyValuePair<string, object>> tags1) =>
            new Histogram<T>(Details, meter, meter.Append(tags, tags1), record);
    }

    private sealed class Gauge<T>(Metric.MetricDetails details, CustomMeter meter, object tags, Action<T, object> set)
        : MetricGauge<T>(details)
        where T : struct
    {
        public override void Set(T value, IEnumerable<KeyValuePair<string, object>>? extraTags = null) =>
            set(value, meter.Append(tags, extraTags));

        public override MetricGauge<T> WithTags(IEnumerable<KeyValuePair<string, object>> tags1) =>
            new Gauge<T>(Details, meter, meter.Append(tags, tags1), set);
    }
}
