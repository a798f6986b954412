using Temporalio.Api.Schedule.V1;

namespace Temporal.Server.Schedules.Spec;

/// <summary>One field of a calendar: its name, its smallest and largest value, and the names that texts may use for values.</summary>
internal sealed record CalendarField(string Name, int Low, int High, string[]? Names = null)
{
    /// <summary>First and last year that calendars reach.</summary>
    public const int FirstYear = 2000;

    /// <summary>First and last year that calendars reach.</summary>
    public const int LastYear = 2100;

    public static readonly CalendarField Second = new("Second", 0, 59);
    public static readonly CalendarField Minute = new("Minute", 0, 59);
    public static readonly CalendarField Hour = new("Hour", 0, 23);
    public static readonly CalendarField DayOfMonth = new("DayOfMonth", 1, 31);
    public static readonly CalendarField Month = new(
        "Month",
        1,
        12,
        ["", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
    );
    public static readonly CalendarField Year = new("Year", FirstYear, LastYear);
    public static readonly CalendarField DayOfWeek = new(
        "DayOfWeek",
        0,
        6,
        ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    );

    /// <summary>Refuses ranges outside of the field.</summary>
    /// <exception cref="ScheduleSpecException">A range is wrong.</exception>
    public void Check(IEnumerable<Temporalio.Api.Schedule.V1.Range> ranges)
    {
        foreach (var range in ranges)
        {
            if (range.Start < Low || range.Start > High)
            {
                throw new ScheduleSpecException($"invalid calendar spec: {Name} Start is not in range [{Low}-{High}]");
            }

            if (range.End != 0 && (range.End < range.Start || range.End > High))
            {
                throw new ScheduleSpecException($"invalid calendar spec: {Name} End is before Start or not in range [{Low}-{High}]");
            }

            if (range.Step < 0)
            {
                throw new ScheduleSpecException($"invalid calendar spec: {Name} has invalid Step");
            }
        }
    }

    /// <summary>Which values the ranges name, by value.</summary>
    public bool[] Values(IEnumerable<Temporalio.Api.Schedule.V1.Range> ranges)
    {
        var values = new bool[High + 1];
        foreach (var range in ranges)
        {
            for (var value = range.Start; value <= Math.Max(range.Start, range.End); value += Math.Max(1, range.Step))
            {
                values[value] = true;
            }
        }

        return values;
    }
}
