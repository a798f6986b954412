using Temporalio.Api.Schedule.V1;

namespace Temporal.Server.Schedules.Spec;

/// <summary>
/// The seconds at which a wall clock shows what a structured calendar names. An hour that the clock repeats matches twice, one that it
/// skips not at all.
/// </summary>
internal sealed class Calendar
{
    private const long SecondsPerHour = 3600;

    private static readonly Temporalio.Api.Schedule.V1.Range[] EveryYear =
    [
        new() { Start = CalendarField.FirstYear, End = CalendarField.LastYear },
    ];

    private readonly WallClock clock;
    private readonly bool[] seconds;
    private readonly bool[] minutes;
    private readonly bool[] hours;
    private readonly bool[] days;
    private readonly bool[] months;
    private readonly bool[] years;
    private readonly bool[] weekdays;
    private readonly bool wholeHours;

    /// <summary>Prepares a calendar of a canonical spec.</summary>
    public Calendar(StructuredCalendarSpec spec, WallClock clock)
    {
        this.clock = clock;
        seconds = CalendarField.Second.Values(spec.Second);
        minutes = CalendarField.Minute.Values(spec.Minute);
        hours = CalendarField.Hour.Values(spec.Hour);
        days = CalendarField.DayOfMonth.Values(spec.DayOfMonth);
        months = CalendarField.Month.Values(spec.Month);
        years = CalendarField.Year.Values(spec.Year.Count > 0 ? spec.Year : EveryYear);
        weekdays = CalendarField.DayOfWeek.Values(spec.DayOfWeek);
        wholeHours = Array.TrueForAll(seconds, named => named) && Array.TrueForAll(minutes, named => named);
    }

    /// <summary>Whether a second (since the Unix epoch) matches.</summary>
    public bool Matches(long second)
    {
        var shown = clock.Show(second);
        return IsYear(shown) && months[shown.Month] && IsDay(shown) && hours[shown.Hour] && minutes[shown.Minute] && seconds[shown.Second];
    }

    /// <summary>The first second after the given one that matches; null when there is none before the last year ends.</summary>
    public long? Next(long after)
    {
        // While the clock runs evenly the answer is plain calendar arithmetic; where it jumps, the search starts anew.
        for (var from = after + 1; ;)
        {
            var shown = clock.Show(from);
            if (NextShown(shown) is not { } match)
            {
                return null;
            }

            var candidate = from + (long)(match - shown).TotalSeconds;
            if (clock.NextJump(from, candidate) is not { } jump)
            {
                return candidate;
            }

            from = jump;
        }
    }

    /// <summary>A second after a matching one, such that all between match as well; as late as is known without search.</summary>
    public long SkipMatches(long second)
    {
        var shown = clock.Show(second);
        var end = second + SecondsPerHour - ((shown.Minute * 60) + shown.Second);
        return wholeHours && clock.NextJump(second, end) is null ? end : second + 1;
    }

    private static DateTime? StartOfYear(int year) => year <= CalendarField.LastYear ? new DateTime(year, 1, 1) : null;

    private DateTime? NextShown(DateTime from)
    {
        var next = from;
        while (next.Year <= CalendarField.LastYear)
        {
            if (!IsYear(next))
            {
                if (StartOfYear(next.Year + 1) is not { } start)
                {
                    return null;
                }

                next = start;
            }
            else if (!months[next.Month])
            {
                next = new DateTime(next.Year, next.Month, 1).AddMonths(1);
            }
            else if (!IsDay(next))
            {
                next = next.Date.AddDays(1);
            }
            else if (!hours[next.Hour])
            {
                next = next.Date.AddHours(next.Hour + 1);
            }
            else if (!minutes[next.Minute])
            {
                next = next.AddSeconds(60 - next.Second);
            }
            else if (!seconds[next.Second])
            {
                next = next.AddSeconds(1);
            }
            else
            {
                return next;
            }
        }

        return null;
    }

    private bool IsYear(DateTime shown) =>
        shown.Year >= CalendarField.FirstYear && shown.Year <= CalendarField.LastYear && years[shown.Year];

    private bool IsDay(DateTime shown) => days[shown.Day] && weekdays[(int)shown.DayOfWeek];
}
