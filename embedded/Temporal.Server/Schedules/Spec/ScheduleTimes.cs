using Temporal.Server.History;
using Temporalio.Api.Schedule.V1;

namespace Temporal.Server.Schedules.Spec;

/// <summary>A time at which a schedule acts.</summary>
/// <param name="Nominal">What the spec says, whole seconds.</param>
/// <param name="Actual">With jitter.</param>
internal readonly record struct ScheduleTime(DateTimeOffset Nominal, DateTimeOffset Actual);

/// <summary>The times of a spec: all of its calendars and intervals, without the exclusions, between start and end.</summary>
internal sealed class ScheduleTimes
{
    // A spec that excludes nearly everything it names would be searched for ever.
    private const int MostExcluded = 200_000;

    private static readonly long LastSecond = new DateTimeOffset(
        CalendarField.LastYear,
        12,
        31,
        23,
        59,
        59,
        TimeSpan.Zero
    ).ToUnixTimeSeconds();

    private readonly string seed;
    private readonly List<Calendar> calendars;
    private readonly List<(long Interval, long Phase)> intervals;
    private readonly List<Calendar> exclusions;
    private readonly TimeSpan jitter;
    private readonly DateTimeOffset first;
    private readonly DateTimeOffset last;

    /// <summary>Prepares a canonical spec.</summary>
    /// <param name="spec">See <see cref="CanonicalSpec"/>.</param>
    /// <param name="seed">What the jitter depends on besides the time.</param>
    /// <exception cref="ScheduleSpecException">The time zone is unknown.</exception>
    public ScheduleTimes(ScheduleSpec spec, string seed)
    {
        this.seed = seed;
        var clock = WallClock.Of(spec.TimezoneName);
        calendars = [.. spec.StructuredCalendar.Select(calendar => new Calendar(calendar, clock))];
        exclusions = [.. spec.ExcludeStructuredCalendar.Select(calendar => new Calendar(calendar, clock))];
        intervals =
        [
            .. spec.Interval.Select(interval =>
                ((long)interval.Interval.ToSpan().TotalSeconds, (long)interval.Phase.ToSpan().TotalSeconds)
            ),
        ];
        jitter = spec.Jitter.ToSpan();
        first = spec.StartTime?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch;
        last = spec.EndTime?.ToDateTimeOffset() ?? DateTimeOffset.MaxValue;
    }

    /// <summary>Refuses a spec whose exclusions leave nothing within reach.</summary>
    /// <exception cref="ScheduleSpecException">It is one.</exception>
    public void Check()
    {
        if (!TryFindNext(DateTimeOffset.UnixEpoch, out _))
        {
            throw new ScheduleSpecException(
                "the schedule calendar specification has too many exclusions. Please modify the specification."
            );
        }
    }

    /// <summary>The first time after the given one; null when there is none within reach.</summary>
    public ScheduleTime? Next(DateTimeOffset after)
    {
        TryFindNext(after, out var next);
        return next;
    }

    // False when the search was given up.
    private bool TryFindNext(DateTimeOffset after, out ScheduleTime? next)
    {
        next = null;
        // Just before the start, so that the start itself can match.
        var from = Math.Max(FloorSeconds(after), FloorSeconds(first.SaturatingAdd(TimeSpan.FromTicks(-1))));
        for (var tries = 0; tries < MostExcluded; tries++)
        {
            if (NextNamed(from) is not { } nominal || nominal > LastSecond || DateTimeOffset.FromUnixTimeSeconds(nominal) > last)
            {
                return true;
            }

            if (exclusions.Find(exclusion => exclusion.Matches(nominal)) is not { } excluding)
            {
                next = WithJitter(nominal);
                return true;
            }

            from = excluding.SkipMatches(nominal) - 1;
        }

        return false;
    }

    private static long FloorSeconds(DateTimeOffset time) => time.ToUnixTimeSeconds();

    private ScheduleTime WithJitter(long nominal)
    {
        // Never past the next nominal time, so that the order stays.
        var most =
            NextNamed(nominal) is { } following && following - nominal < jitter.TotalSeconds
                ? TimeSpan.FromSeconds(following - nominal)
                : jitter;
        var time = DateTimeOffset.FromUnixTimeSeconds(nominal);
        return new ScheduleTime(time, time.SaturatingAdd(Jitter.Of(seed, nominal, most)));
    }

    private long? NextNamed(long after)
    {
        long? next = null;
        foreach (var calendar in calendars)
        {
            if (calendar.Next(after) is { } match && !(next <= match))
            {
                next = match;
            }
        }

        foreach (var (interval, phase) in intervals)
        {
            var match = ((long)Math.Floor((after - phase) / (double)interval) + 1) * interval + phase;
            if (!(next <= match))
            {
                next = match;
            }
        }

        return next;
    }
}
