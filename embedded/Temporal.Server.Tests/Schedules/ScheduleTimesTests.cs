using System.Globalization;
using Temporal.Server.Schedules.Spec;
using Temporalio.Api.Schedule.V1;
using static Temporal.Server.Tests.Engine.Commands;
using static Temporal.Server.Tests.Schedules.SpecTimes;

namespace Temporal.Server.Tests.Schedules;

public sealed class ScheduleTimesTests
{
    private static readonly string[] Zones =
    [
        "",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "America/Sao_Paulo",
    ];

    [Fact]
    public void The_times_are_the_seconds_that_the_spec_names_also_across_changes_of_daylight_saving()
    {
        // The days around the changes of 2026 in Europe, America and Australia, and an ordinary day.
        string[] days = ["2026-03-28", "2026-10-24", "2026-03-07", "2026-10-31", "2026-04-04", "2026-10-03", "2026-06-15"];
        var random = new Random(7);
        for (var round = 0; round < 3 * days.Length; round++)
        {
            var spec = RandomSpec(random);
            var after = Utc(days[round % days.Length]).AddSeconds(random.Next(3600));
            var until = after.AddHours(30);

            Assert.Equal(
                $"{spec}: {string.Join(' ', BruteForce(spec, after, until))}",
                $"{spec}: {string.Join(' ', Between(Of(spec), after, until))}"
            );
        }
    }

    [Fact]
    public void A_next_time_comes_after_the_given_one_and_jitter_keeps_the_order()
    {
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            var spec = RandomSpec(random);
            spec.Jitter = Seconds(random.Next(1, 100_000));
            var times = Of(spec);
            var from = Utc("2026-01-01").AddSeconds(random.Next(300 * 24 * 3600)).AddMilliseconds(random.Next(1000));
            for (var step = 0; step < 5 && times.Next(from) is { } next; step++)
            {
                Assert.True(next.Actual > from, $"{spec}: {next} after {from:o}");
                Assert.True(next.Actual >= next.Nominal && next.Actual - next.Nominal < spec.Jitter.ToTimeSpan());
                Assert.Equal(next, times.Next(from));
                from = next.Actual;
            }
        }
    }

    [Theory]
    [InlineData("0 12 * * *", "2026-05-01T12:00:00Z 2026-05-02T12:00:00Z")]
    [InlineData(
        "*/20 8 * * *",
        "2026-05-01T08:00:00Z 2026-05-01T08:20:00Z 2026-05-01T08:40:00Z 2026-05-02T08:00:00Z 2026-05-02T08:20:00Z 2026-05-02T08:40:00Z"
    )]
    [InlineData("30 6 * * sat", "2026-05-02T06:30:00Z")]
    [InlineData("30 6 * * 5-7", "2026-05-01T06:30:00Z 2026-05-02T06:30:00Z")]
    [InlineData("30 6 * * 7", "")]
    [InlineData("30 6 2 may Saturday", "2026-05-02T06:30:00Z")]
    [InlineData("30 6 1 * sat", "")]
    [InlineData("30 6 * * * 2027", "")]
    [InlineData("15/30 59 23 * * * *", "2026-05-01T23:59:15Z 2026-05-01T23:59:45Z 2026-05-02T23:59:15Z 2026-05-02T23:59:45Z")]
    [InlineData("@daily # as every day", "2026-05-01T00:00:00Z 2026-05-02T00:00:00Z")]
    [InlineData("@monthly", "2026-05-01T00:00:00Z")]
    [InlineData("@every 16h", "2026-05-01T00:00:00Z 2026-05-01T16:00:00Z 2026-05-02T08:00:00Z")]
    [InlineData("@every 16h/1h30m", "2026-05-01T01:30:00Z 2026-05-01T17:30:00Z 2026-05-02T09:30:00Z")]
    [InlineData("CRON_TZ=Europe/Berlin 0 9 * * *", "2026-05-01T07:00:00Z 2026-05-02T07:00:00Z")]
    [InlineData("TZ=America/New_York 0 9 * * *", "2026-05-01T13:00:00Z 2026-05-02T13:00:00Z")]
    public void Cron_strings_name_their_times(string cron, string expected) =>
        Assert.Equal(expected, string.Join(' ', Between(OfCron(cron), Utc("2026-05-01").AddSeconds(-1), Utc("2026-05-02T23:59:59Z"))));

    [Theory]
    [InlineData("* * * *", "CronString does not have 5-7 fields")]
    [InlineData("* * * * * * * *", "CronString does not have 5-7 fields")]
    [InlineData("60 * * * *", "Minute is not in the right format")]
    [InlineData("5-1 * * * *", "Minute is not in the right format")]
    [InlineData("*/0 * * * *", "Minute is not in the right format")]
    [InlineData("1/2/3 * * * *", "Minute is not in the right format")]
    [InlineData("* * * ju *", "Month is not in the right format")]
    [InlineData("* * * * someday", "DayOfWeek is not in the right format")]
    [InlineData("* * 0 * *", "DayOfMonth is not in the right format")]
    [InlineData("@every", "CronString does not have interval after @every")]
    [InlineData("@every soon", "CronString has an invalid duration")]
    [InlineData("@every 0s", "interval is too small")]
    [InlineData("@every 1h/2h", "phase cannot be greater than Interval")]
    [InlineData("@fortnightly", "CronString does not have 5-7 fields")]
    [InlineData("CRON_TZ=Europe/Berlin", "CronString has time zone but missing fields")]
    [InlineData("CRON_TZ=Europe/Atlantis * * * * *", "unknown time zone Europe/Atlantis")]
    public void A_malformed_cron_string_is_refused_with_its_reason(string cron, string reason) =>
        Assert.StartsWith(reason, Assert.Throws<ScheduleSpecException>(() => OfCron(cron)).Message, StringComparison.Ordinal);

    [Fact]
    public void All_cron_strings_and_the_spec_agree_on_one_time_zone()
    {
        Assert.Throws<ScheduleSpecException>(() => Of(new ScheduleSpec { CronString = { "TZ=Europe/Berlin 0 * * * *", "0 * * * *" } }));
        Assert.Throws<ScheduleSpecException>(() =>
            Of(new ScheduleSpec { CronString = { "TZ=Europe/Berlin 0 * * * *" }, TimezoneName = "Asia/Kolkata" })
        );
        Assert.Equal("Europe/Berlin", CanonicalSpec.Of(new ScheduleSpec { CronString = { "TZ=Europe/Berlin 0 * * * *" } }).TimezoneName);
    }

    [Fact]
    public void A_spec_begins_and_ends_with_its_range_both_included()
    {
        var spec = new ScheduleSpec
        {
            Interval = { new IntervalSpec { Interval = Seconds(3600) } },
            StartTime = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(Utc("2026-05-01T10:00:00Z")),
            EndTime = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(Utc("2026-05-01T12:00:00Z")),
        };

        Assert.Equal(
            ["2026-05-01T10:00:00Z", "2026-05-01T11:00:00Z", "2026-05-01T12:00:00Z"],
            Between(Of(spec), Utc("2026-01-01"), Utc("2027-01-01"))
        );
    }

    [Fact]
    public void A_spec_that_excludes_all_that_it_names_has_no_time_and_says_so_soon()
    {
        var spec = new ScheduleSpec
        {
            CronString = { "* * * * * * *" },
            ExcludeCalendar =
            {
                new CalendarSpec
                {
                    Second = "*",
                    Minute = "*",
                    Hour = "*",
                },
            },
        };

        var times = Of(spec);

        Assert.Null(times.Next(Utc("2026-05-01")));
        Assert.Throws<ScheduleSpecException>(times.Check);
    }

    [Fact]
    public void A_day_that_never_comes_is_no_time()
    {
        Assert.Null(OfCron("0 0 30 2 *").Next(Utc("2026-05-01")));
        Assert.Equal(
            "2028-02-29",
            OfCron("0 0 29 2 *").Next(Utc("2026-05-01"))!.Value.Nominal.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        );
    }

    [Fact]
    public void Jitter_depends_on_the_schedule_and_the_time_and_spreads_over_its_range()
    {
        var spec = new ScheduleSpec { Interval = { new IntervalSpec { Interval = Seconds(3600) } }, Jitter = Seconds(600) };
        var delays = Enumerable
            .Range(0, 200)
            .Select(i => Of(spec, $"schedule {i}").Next(Utc("2026-05-01"))!.Value)
            .Select(time => (time.Actual - time.Nominal).TotalSeconds)
            .ToList();

        Assert.True(delays.Distinct().Count() > 190);
        Assert.InRange(delays.Average(), 250, 350);
    }

    private static ScheduleSpec RandomSpec(Random random)
    {
        var spec = new ScheduleSpec { TimezoneName = Zones[random.Next(Zones.Length)] };
        for (var i = random.Next(3); i >= 0; i--)
        {
            if (random.Next(3) == 0)
            {
                var interval = random.Next(600, 20_000);
                spec.Interval.Add(new IntervalSpec { Interval = Seconds(interval), Phase = Seconds(random.Next(interval)) });
            }
            else
            {
                spec.StructuredCalendar.Add(RandomCalendar(random));
            }
        }

        if (random.Next(2) == 0)
        {
            spec.ExcludeStructuredCalendar.Add(RandomCalendar(random, wide: true));
        }

        return spec;
    }

    private static StructuredCalendarSpec RandomCalendar(Random random, bool wide = false) =>
        new()
        {
            Second = { wide ? Whole(0, 59) : One(random, 0, 59) },
            Minute = { wide ? Whole(0, 59) : Some(random, 0, 59) },
            Hour = { Some(random, 0, 23) },
            DayOfMonth = { random.Next(3) == 0 ? Some(random, 1, 31) : Whole(1, 31) },
            Month = { Whole(1, 12) },
            DayOfWeek = { random.Next(3) == 0 ? Some(random, 0, 6) : Whole(0, 6) },
        };

    private static Temporalio.Api.Schedule.V1.Range Whole(int low, int high) => new() { Start = low, End = high };

    private static Temporalio.Api.Schedule.V1.Range One(Random random, int low, int high) => new() { Start = random.Next(low, high + 1) };

    private static Temporalio.Api.Schedule.V1.Range Some(Random random, int low, int high)
    {
        var start = random.Next(low, high + 1);
        return new()
        {
            Start = start,
            End = random.Next(start, high + 1),
            Step = random.Next(1, 6),
        };
    }
}
