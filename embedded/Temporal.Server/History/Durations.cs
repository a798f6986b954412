using Google.Protobuf.WellKnownTypes;

namespace Temporal.Server.History;

/// <summary>Durations as the protocol sends them: absent, empty and zero all mean "none".</summary>
internal static class Durations
{
    /// <summary>The span, zero when absent; what does not fit a <see cref="TimeSpan"/> is cut to ten thousand years or so.</summary>
    public static TimeSpan ToSpan(this Duration? duration)
    {
        if (duration is null)
        {
            return TimeSpan.Zero;
        }

        return duration.Seconds > 300_000_000_000 ? TimeSpan.MaxValue : TimeSpan.FromTicks((duration.Seconds * TimeSpan.TicksPerSecond) + (duration.Nanos / 100));
    }

    /// <summary>The span as a message; null for zero.</summary>
    public static Duration? ToDurationOrNull(this TimeSpan span) => span == TimeSpan.Zero ? null : span.ToProto();

    /// <summary>The span as a message.</summary>
    public static Duration ToProto(this TimeSpan span) => Duration.FromTimeSpan(span);

    /// <summary>The time as a message.</summary>
    public static Timestamp ToProto(this DateTimeOffset time) => Timestamp.FromDateTimeOffset(time);

    /// <summary>Adds without leaving the calendar.</summary>
    public static DateTimeOffset SaturatingAdd(this DateTimeOffset time, TimeSpan span) =>
        span > DateTimeOffset.MaxValue - time ? DateTimeOffset.MaxValue : time + span;

    /// <summary>The earlier of two times, of which either may be "never".</summary>
    public static DateTimeOffset? Earlier(DateTimeOffset? first, DateTimeOffset? second) =>
        first is null || second < first ? second ?? first : first;
}
