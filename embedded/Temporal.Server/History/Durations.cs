using Google.Protobuf.WellKnownTypes;

namespace Temporal.Server.History;

/// <summary>Durations as the protocol sends them: absent, empty and zero all mean "none".</summary>
internal static class Durations
{
    // The last microsecond of the calendar; its very last tick PostgreSQL would take for "infinity".
    private static readonly DateTimeOffset Latest = DateTimeOffset.MaxValue.AddTicks(1 - TimeSpan.TicksPerMicrosecond);

    // As long as protobuf's own definition allows.
    private const long LongestSeconds = 315_576_000_000;

    /// <summary>The span, zero when absent; what does not fit a <see cref="TimeSpan"/> is cut to ten thousand years or so.</summary>
    public static TimeSpan ToSpan(this Duration? duration)
    {
        if (duration is null)
        {
            return TimeSpan.Zero;
        }

        return duration.Seconds switch
        {
            > LongestSeconds => TimeSpan.MaxValue,
            < -LongestSeconds => -TimeSpan.MaxValue,
            var seconds => TimeSpan.FromTicks((seconds * TimeSpan.TicksPerSecond) + (duration.Nanos / TimeSpan.NanosecondsPerTick)),
        };
    }

    /// <summary>The span as a message; null for zero.</summary>
    public static Duration? ToDurationOrNull(this TimeSpan span) => span == TimeSpan.Zero ? null : span.ToProto();

    /// <summary>The span as a message.</summary>
    public static Duration ToProto(this TimeSpan span) => Duration.FromTimeSpan(span);

    /// <summary>The time as a message.</summary>
    public static Timestamp ToProto(this DateTimeOffset time) => Timestamp.FromDateTimeOffset(time);

    /// <summary>Adds without leaving the calendar.</summary>
    public static DateTimeOffset SaturatingAdd(this DateTimeOffset time, TimeSpan span) =>
        span > Latest - time ? Latest
        : span < DateTimeOffset.MinValue - time ? DateTimeOffset.MinValue
        : time + span;

    /// <summary>The earlier of two times, of which either may be "never".</summary>
    public static DateTimeOffset? Earlier(DateTimeOffset? first, DateTimeOffset? second) =>
        first is null || second < first ? second ?? first : first;
}
