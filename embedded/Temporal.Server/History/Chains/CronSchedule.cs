using System.Globalization;
using Temporal.Server.Rpc;

namespace Temporal.Server.History.Chains;

/// <summary>Cron expressions of workflows: five fields, <c>@every</c>, the usual <c>@</c>-names, optional <c>CRON_TZ=</c>.</summary>
internal static class CronSchedule
{
    private static readonly Dictionary<string, string> Named = new(StringComparer.Ordinal)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
    };

    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>Refuses a malformed expression; empty means no cron.</summary>
    /// <exception cref="RpcException">InvalidArgument.</exception>
    public static void Check(string expression)
    {
        if (expression.Length > 0)
        {
            _ = NextDelay(expression, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        }
    }

    /// <summary>How long until the next run, rounded up to whole seconds; null when there is none within five years.</summary>
    /// <param name="expression">The cron expression.</param>
    /// <param name="scheduled">When the closing run was due.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="RpcException">InvalidArgument: the expression is malformed.</exception>
    public static TimeSpan? NextDelay(string expression, DateTimeOffset scheduled, DateTimeOffset now)
    {
        var next = Next(expression, scheduled, now);
        return next is null ? null : TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling((next.Value - now).TotalSeconds)));
    }

    private static DateTimeOffset? Next(string expression, DateTimeOffset scheduled, DateTimeOffset now)
    {
        var zone = TimeZoneInfo.Utc;
        var text = expression.Trim();
        foreach (var prefix in (string[])["CRON_TZ=", "TZ="])
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                var parts = text[prefix.Length..].Split(' ', 2, StringSplitOptions.RemoveEmptyEntries);
                if (parts.Length != 2 || !TimeZoneInfo.TryFindSystemTimeZoneById(parts[0], out zone))
                {
                    throw Malformed(expression, "unknown time zone");
                }

                text = parts[1].Trim();
                break;
            }
        }

        if (text.StartsWith("@every ", StringComparison.Ordinal))
        {
            var every = Every(expression, text["@every ".Length..].Trim());
            var elapsed = now > scheduled ? now - scheduled : TimeSpan.Zero;
            return scheduled + (every * (Math.Floor(elapsed / every) + 1));
        }

        var fields = (Named.GetValueOrDefault(text) ?? text).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
        {
            throw Malformed(expression, "it must have five fields");
        }

        return Search(
            Field(expression, fields[0], 0, 59, []),
            Field(expression, fields[1], 0, 23, []),
            Field(expression, fields[2], 1, 31, []),
            Field(expression, fields[3], 1, 12, Months),
            Field(expression, fields[4], 0, 7, Days),
            zone,
            now > scheduled ? now : scheduled
        );
    }

    private static DateTimeOffset? Search(
        (HashSet<int> Values, bool Any) minutes,
        (HashSet<int> Values, bool Any) hours,
        (HashSet<int> Values, bool Any) days,
        (HashSet<int> Values, bool Any) months,
        (HashSet<int> Values, bool Any) weekdays,
        TimeZoneInfo zone,
        DateTimeOffset after
    )
    {
        var local = TimeZoneInfo.ConvertTime(after, zone).DateTime;
        var candidate = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, 0).AddMinutes(1);
        var end = candidate.AddYears(5);
        while (candidate < end)
        {
            var day =
                weekdays.Values.Contains((int)candidate.DayOfWeek)
                || (candidate.DayOfWeek == DayOfWeek.Sunday && weekdays.Values.Contains(7));
            // As cron has always done: with both day fields restricted, either one is enough.
            var dayMatches =
                days.Any || weekdays.Any ? days.Values.Contains(candidate.Day) && day : days.Values.Contains(candidate.Day) || day;
            if (!months.Values.Contains(candidate.Month))
            {
                candidate = new DateTime(candidate.Year, candidate.Month, 1).AddMonths(1);
            }
            else if (!dayMatches)
            {
                candidate = candidate.Date.AddDays(1);
            }
            else if (!hours.Values.Contains(candidate.Hour))
            {
                candidate = candidate.Date.AddHours(candidate.Hour + 1);
            }
            else if (!minutes.Values.Contains(candidate.Minute) || zone.IsInvalidTime(candidate))
            {
                candidate = candidate.AddMinutes(1);
            }
            else
            {
                return new DateTimeOffset(candidate, zone.GetUtcOffset(candidate)).ToUniversalTime();
            }
        }

        return null;
    }

    private static (HashSet<int> Values, bool Any) Field(string expression, string field, int low, int high, string[] names)
    {
        var values = new HashSet<int>();
        var any = false;
        foreach (var part in field.Split(','))
        {
            var (range, step) = part.Split('/') switch
            {
                [var only] => (only, 1),
                [var from, var by] when int.TryParse(by, CultureInfo.InvariantCulture, out var parsed) && parsed > 0 => (from, parsed),
                _ => throw Malformed(expression, $"\"{part}\" is not a field"),
            };
            int first,
                last;
            if (range is "*" or "?")
            {
                (first, last) = (low, high);
                any |= step == 1;
            }
            else
            {
                var ends = range.Split('-');
                first = Number(expression, ends[0], names, low);
                last =
                    ends.Length == 2 ? Number(expression, ends[1], names, low)
                    : part.Contains('/', StringComparison.Ordinal) ? high
                    : first;
                if (ends.Length > 2 || first < low || last > high || first > last)
                {
                    throw Malformed(expression, $"\"{part}\" is out of range {low}-{high}");
                }
            }

            for (var value = first; value <= last; value += step)
            {
                values.Add(value);
            }
        }

        return (values, any);
    }

    private static int Number(string expression, string text, string[] names, int low)
    {
        var index = Array.IndexOf(names, text.ToLowerInvariant());
        if (index >= 0)
        {
            return index + low;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Malformed(expression, $"\"{text}\" is not a number");
    }

    private static TimeSpan Every(string expression, string text)
    {
        var nanoseconds = GoDuration.ParseNanoseconds(text) ?? throw Malformed(expression, $"\"{text}\" is not a duration");
        var every = TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        return every >= TimeSpan.FromSeconds(1) ? every : throw Malformed(expression, "@every must be at least a second");
    }

    private static RpcException Malformed(string expression, string why) =>
        RpcException.InvalidArgument($"Invalid CronSchedule \"{expression}\": {why}.");
}
