namespace Temporal.Server.Schedules.Spec;

/// <summary>What clocks on the wall show in a time zone, second by second.</summary>
internal sealed class WallClock
{
    // No zone sets its clocks twice within so short a time.
    private const long BetweenJumps = 5 * 24 * 3600;

    private readonly TimeZoneInfo zone;
    private Span known = new(0, 0, 0);

    private WallClock(TimeZoneInfo zone) => this.zone = zone;

    /// <summary>The clock of a zone by its IANA name; empty for UTC. The zones are those of the machine.</summary>
    /// <exception cref="ScheduleSpecException">The machine does not know the zone.</exception>
    public static WallClock Of(string zoneName) =>
        zoneName.Length == 0 ? new WallClock(TimeZoneInfo.Utc)
        : TimeZoneInfo.TryFindSystemTimeZoneById(zoneName, out var zone) ? new WallClock(zone)
        : throw new ScheduleSpecException($"unknown time zone {zoneName}");

    /// <summary>What it shows at a second since the Unix epoch.</summary>
    public DateTime Show(long second) => DateTimeOffset.FromUnixTimeSeconds(second + Offset(second)).DateTime;

    /// <summary>
    /// The first second after <paramref name="from"/> and not after <paramref name="until"/> at which its offset differs from the second
    /// before.
    /// </summary>
    public long? NextJump(long from, long until)
    {
        for (var start = from; start < until;)
        {
            var end = Math.Min(start + BetweenJumps, until);
            if (Offset(start) != Offset(end))
            {
                return FirstWithNewOffset(start, end);
            }

            start = end;
        }

        return null;
    }

    private long FirstWithNewOffset(long before, long after)
    {
        var offset = Offset(before);
        while (after - before > 1)
        {
            var middle = before + ((after - before) / 2);
            (before, after) = Offset(middle) == offset ? (middle, after) : (before, middle);
        }

        return after;
    }

    private long Offset(long second)
    {
        var span = Volatile.Read(ref known);
        if (second >= span.From && second < span.Until)
        {
            return span.Offset;
        }

        // The zone's rules are slow to ask; questions come close to each other.
        var offset = Ask(second);
        var last = second + BetweenJumps;
        Volatile.Write(ref known, Ask(last) == offset ? new Span(second, last + 1, offset) : new Span(second, second + 1, offset));
        return offset;
    }

    private long Ask(long second) => (long)zone.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(second)).TotalSeconds;

    // Seconds at which the offset is known.
    private sealed record Span(long From, long Until, long Offset);
}
