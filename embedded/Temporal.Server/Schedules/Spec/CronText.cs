using System.Buffers;
using System.Globalization;
using Temporal.Server.History;
using Temporalio.Api.Schedule.V1;

namespace Temporal.Server.Schedules.Spec;

/// <summary>
/// Reads a schedule's cron string: five fields, six with a year, seven with seconds and a year; <c>@every interval[/phase]</c>; the usual
/// <c>@</c>-names; an optional <c>CRON_TZ=zone</c> in front and a <c># comment</c> behind. Unlike in cron, both day fields must match.
/// </summary>
internal sealed record CronText(StructuredCalendarSpec? Calendar, IntervalSpec? Interval, string TimeZone)
{
    private const string Every = "@every";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>Reads a cron string.</summary>
    /// <exception cref="ScheduleSpecException">It is malformed.</exception>
    public static CronText Parse(string text)
    {
        var rest = text.Trim();
        var zone = "";
        if (rest.StartsWith("TZ=", StringComparison.Ordinal) || rest.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            var space = rest.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0)
            {
                throw new ScheduleSpecException("CronString has time zone but missing fields");
            }

            zone = rest[(rest.IndexOf('=', StringComparison.Ordinal) + 1)..space];
            rest = rest[space..];
        }

        var comment = "";
        if (rest.IndexOf('#', StringComparison.Ordinal) is >= 0 and var hash)
        {
            comment = rest[(hash + 1)..].Trim();
            rest = rest[..hash];
        }

        rest = rest.Trim();
        return rest.StartsWith(Every, StringComparison.Ordinal)
            ? new CronText(null, ParseInterval(rest[Every.Length..]), "")
            : new CronText(ParseFields(rest, comment), null, zone);
    }

    private static IntervalSpec ParseInterval(string text)
    {
        var parts = text.Trim().Split('/');
        if (parts.Length > 2 || parts[0].Length == 0)
        {
            throw new ScheduleSpecException("CronString does not have interval after @every");
        }

        return new IntervalSpec
        {
            Interval = ParseDuration(parts[0]).ToProto(),
            Phase = parts.Length == 2 ? ParseDuration(parts[1]).ToProto() : null,
        };
    }

    private static StructuredCalendarSpec ParseFields(string text, string comment)
    {
        text = text switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            _ => text,
        };
        var fields = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return CanonicalSpec.Structure(
            fields switch
            {
                [var minute, var hour, var day, var month, var weekday] => new CalendarSpec
                {
                    Minute = minute,
                    Hour = hour,
                    DayOfMonth = day,
                    Month = month,
                    DayOfWeek = weekday,
                    Comment = comment,
                },
                [var minute, var hour, var day, var month, var weekday, var year] => new CalendarSpec
                {
                    Minute = minute,
                    Hour = hour,
                    DayOfMonth = day,
                    Month = month,
                    DayOfWeek = weekday,
                    Year = year,
                    Comment = comment,
                },
                [var second, var minute, var hour, var day, var month, var weekday, var year] => new CalendarSpec
                {
                    Second = second,
                    Minute = minute,
                    Hour = hour,
                    DayOfMonth = day,
                    Month = month,
                    DayOfWeek = weekday,
                    Year = year,
                    Comment = comment,
                },
                _ => throw new ScheduleSpecException("CronString does not have 5-7 fields"),
            }
        );
    }

    // As Go writes durations, and days: 1h30m, 90s, 1d.
    private static TimeSpan ParseDuration(string text)
    {
        var total = TimeSpan.Zero;
        var rest = text.Trim().AsSpan();
        if (rest.IsEmpty)
        {
            throw new ScheduleSpecException("CronString has an empty duration");
        }

        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            var unit = digits < 0 ? rest.Length : digits;
            while (unit < rest.Length && char.IsAsciiLetter(rest[unit]))
            {
                unit++;
            }

            if (
                digits < 1
                || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
                || amount > 1e9
            )
            {
                throw new ScheduleSpecException($"CronString has an invalid duration \"{text}\"");
            }

            total += rest[digits..unit] switch
            {
                "d" => TimeSpan.FromDays(Math.Min(amount, 1e6)),
                "h" => TimeSpan.FromHours(Math.Min(amount, 1e7)),
                "m" => TimeSpan.FromMinutes(amount),
                "s" => TimeSpan.FromSeconds(amount),
                "ms" => TimeSpan.FromMilliseconds(amount),
                _ => throw new ScheduleSpecException($"CronString has an invalid duration \"{text}\""),
            };
            rest = rest[unit..];
        }

        return total;
    }
}
