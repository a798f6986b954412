namespace Temporalio.Runtime;

/// <summary>Options of a metric meter of one's own.</summary>
public class CustomMetricMeterOptions
{
    /// <summary>How the library's own durations are given.</summary>
    public enum DurationFormat
    {
        /// <summary>Whole milliseconds, as <see cref="long" />.</summary>
        IntegerMilliseconds,

        /// <summary>Seconds, as <see cref="double" />.</summary>
        FloatSeconds,

        /// <summary>As <see cref="System.TimeSpan" />.</summary>
        TimeSpan,
    }

    /// <summary>How the library's own durations are given.</summary>
    public DurationFormat HistogramDurationFormat { get; set; } = DurationFormat.IntegerMilliseconds;

    /// <summary>A copy.</summary>
    public virtual object Clone() => MemberwiseClone();
}
