using Temporal.Server.Schedules.Spec;
using Temporalio.Api.Schedule.V1;

namespace Temporal.Server.Tests.Schedules;

/// <summary>Times of specs, and what they must be by looking at every second.</summary>
internal static class SpecTimes
{
    public static ScheduleTimes Of(ScheduleSpec spec, string seed = "seed") => new(CanonicalSpec.Of(spec), seed);

    public static ScheduleTimes OfCron(string cron, string zone = "") =>
        Of(new ScheduleSpec { CronString = { cron }, TimezoneName = zone });

    public static DateTimeOffset Utc(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal);

    /// <summary>The nominal times after one and up to another, as text.</summary>
    public static IReadOnlyList<string> Between(ScheduleTimes times, DateTimeOffset after, DateTimeOffset until)
    {
        var found = new List<string>();
        for (var from = after; times.Next(from) is { } next && next.Nominal <= until; from = next.Nominal)
        {
            Assert.True(next.Nominal > from, $"{next.Nominal:o} does not come after {from:o}");
            found.Add(Text(next.Nominal));
        }

        return found;
    }

    /// <summary>The same by asking, for each second, whether what the clock on the wall shows is named.</summary>
    public static IReadOnlyList<string> BruteForce(ScheduleSpec spec, DateTimeOffset after, DateTimeOffset until)
    {
        var canonical = CanonicalSpec.Of(spec);
        var zone = canonical.TimezoneName.Length == 0 ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(canonical.TimezoneName);
        var found = new List<string>();
        for (var second = after.ToUnixTimeSeconds() + 1; second <= until.ToUnixTimeSeconds(); second++)
        {
            var shown = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(second), zone);
            var named =
                canonical.StructuredCalendar.Any(calendar => Names(calendar, shown))
                || canonical.Interval.Any(interval => (second - (interval.Phase?.Seconds ?? 0)) % interval.Interval.Seconds == 0);
            if (named && !canonical.ExcludeStructuredCalendar.Any(calendar => Names(calendar, shown)))
            {
                found.Add(Text(DateTimeOffset.FromUnixTimeSeconds(second)));
            }
        }

        return found;
    }

    private static bool Names(StructuredCalendarSpec calendar, DateTimeOffset shown) =>
        Names(calendar.Second, shown.Second)
        && Names(calendar.Minute, shown.Minute)
        && Names(calendar.Hour, shown.Hour)
        && Names(calendar.DayOfMonth, shown.Day)
        && Names(calendar.Month, shown.Month)
        && Names(calendar.DayOfWeek, (int)shown.DayOfWeek)
        && (calendar.Year.Count == 0 || Names(calendar.Year, shown.Year));

    private static bool Names(IEnumerable<Temporalio.Api.Schedule.V1.Range> ranges, int value) =>
        ranges.Any(range => value >= range.Start && value <= range.End && (value - range.Start) % range.Step == 0);

    private static string Text(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
