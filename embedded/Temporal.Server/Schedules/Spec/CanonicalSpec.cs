using Temporal.Server.History;
using Temporalio.Api.Schedule.V1;

namespace Temporal.Server.Schedules.Spec;

/// <summary>
/// A spec in the one form that is kept, computed with and shown: texts and cron strings become structured calendars and intervals,
/// ranges have their end and step, one time zone stands for all.
/// </summary>
internal static class CanonicalSpec
{
    private const int LongestComment = 200;

    /// <summary>The canonical form of a spec.</summary>
    /// <exception cref="ScheduleSpecException">The spec is wrong.</exception>
    public static ScheduleSpec Of(ScheduleSpec? spec)
    {
        var canonical = spec?.Clone() ?? new ScheduleSpec();
        if (!canonical.TimezoneData.IsEmpty)
        {
            throw new ScheduleSpecException("TimezoneData is not supported: name an IANA time zone in TimezoneName");
        }

        canonical.StructuredCalendar.AddRange(canonical.Calendar.Select(Structure));
        canonical.Calendar.Clear();
        canonical.ExcludeStructuredCalendar.AddRange(canonical.ExcludeCalendar.Select(Structure));
        canonical.ExcludeCalendar.Clear();
        AddCronStrings(canonical);
        foreach (var calendar in canonical.StructuredCalendar.Concat(canonical.ExcludeStructuredCalendar))
        {
            Check(calendar);
        }

        foreach (var interval in canonical.Interval)
        {
            Check(interval);
        }

        return canonical;
    }

    /// <summary>A calendar of texts as ranges.</summary>
    /// <exception cref="ScheduleSpecException">A text is malformed.</exception>
    public static StructuredCalendarSpec Structure(CalendarSpec calendar) =>
        new()
        {
            Second = { FieldText.Parse(CalendarField.Second, calendar.Second, "0") },
            Minute = { FieldText.Parse(CalendarField.Minute, calendar.Minute, "0") },
            Hour = { FieldText.Parse(CalendarField.Hour, calendar.Hour, "0") },
            DayOfMonth = { FieldText.Parse(CalendarField.DayOfMonth, calendar.DayOfMonth, "*") },
            Month = { FieldText.Parse(CalendarField.Month, calendar.Month, "*") },
            Year = { FieldText.Parse(CalendarField.Year, calendar.Year, "*") },
            DayOfWeek = { FieldText.Parse(CalendarField.DayOfWeek, calendar.DayOfWeek, "*") },
            Comment = calendar.Comment,
        };

    private static void AddCronStrings(ScheduleSpec canonical)
    {
        var crons = canonical.CronString.Select(CronText.Parse).ToList();
        canonical.CronString.Clear();
        if (crons.Select(cron => cron.TimeZone).Distinct().Count() > 1)
        {
            throw new ScheduleSpecException("conflicting timezone names");
        }

        foreach (var cron in crons)
        {
            if (cron.Calendar is not null)
            {
                canonical.StructuredCalendar.Add(cron.Calendar);
            }

            if (cron.Interval is not null)
            {
                canonical.Interval.Add(cron.Interval);
            }
        }

        if (crons.FirstOrDefault()?.TimeZone is { Length: > 0 } zone)
        {
            if (canonical.TimezoneName.Length > 0 && canonical.TimezoneName != zone)
            {
                throw new ScheduleSpecException("conflicting timezone names");
            }

            canonical.TimezoneName = zone;
        }
    }

    private static void Check(StructuredCalendarSpec calendar)
    {
        foreach (var (field, ranges) in Fields(calendar))
        {
            field.Check(ranges);
            foreach (var range in ranges)
            {
                range.End = Math.Max(range.Start, range.End);
                range.Step = Math.Max(1, range.Step);
            }
        }

        if (calendar.Comment.Length > LongestComment)
        {
            throw new ScheduleSpecException("invalid calendar spec: comment is too long");
        }
    }

    private static void Check(IntervalSpec interval)
    {
        var (every, phase) = (interval.Interval.ToSpan(), interval.Phase.ToSpan());
        if (every < TimeSpan.FromSeconds(1))
        {
            throw new ScheduleSpecException("interval is too small");
        }

        if (phase < TimeSpan.Zero || phase >= every)
        {
            throw new ScheduleSpecException(phase < TimeSpan.Zero ? "phase is negative" : "phase cannot be greater than Interval");
        }
    }

    private static IEnumerable<(CalendarField Field, IReadOnlyList<Temporalio.Api.Schedule.V1.Range> Ranges)> Fields(
        StructuredCalendarSpec calendar
    ) =>
        [
            (CalendarField.Second, calendar.Second),
            (CalendarField.Minute, calendar.Minute),
            (CalendarField.Hour, calendar.Hour),
            (CalendarField.DayOfMonth, calendar.DayOfMonth),
            (CalendarField.Month, calendar.Month),
            (CalendarField.Year, calendar.Year),
            (CalendarField.DayOfWeek, calendar.DayOfWeek),
        ];
}
