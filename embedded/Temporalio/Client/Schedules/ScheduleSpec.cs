using Google.Protobuf.WellKnownTypes;

namespace Temporalio.Client.Schedules;

/// <summary>When a schedule's actions are due: at all times of the calendars, intervals and cron expressions but those to skip.</summary>
public record ScheduleSpec
{
    /// <summary>Times of calendars.</summary>
    public IReadOnlyCollection<ScheduleCalendarSpec> Calendars { get; init; } = [];

    /// <summary>Times in equal steps.</summary>
    public IReadOnlyCollection<ScheduleIntervalSpec> Intervals { get; init; } = [];

    /// <summary>Times in cron's form, which the server turns into calendars.</summary>
    public IReadOnlyCollection<string> CronExpressions { get; init; } = [];

    /// <summary>Times at which nothing is due.</summary>
    public IReadOnlyCollection<ScheduleCalendarSpec> Skip { get; init; } = [];

    /// <summary>Before this nothing is due, in UTC.</summary>
    public DateTime? StartAt { get; init; }

    /// <summary>After this nothing is due, in UTC.</summary>
    public DateTime? EndAt { get; init; }

    /// <summary>Most by which an action is delayed, at random, but not past the next one.</summary>
    public TimeSpan? Jitter { get; init; }

    /// <summary>IANA's name of the time zone of calendars, such as <c>US/Central</c>; null for UTC.</summary>
    public string? TimeZoneName { get; init; }

    internal static ScheduleSpec FromProto(Api.Schedule.V1.ScheduleSpec proto) => new()
    {
        Calendars = [.. proto.StructuredCalendar.Select(ScheduleCalendarSpec.FromProto)],
        Intervals = [.. proto.Interval.Select(ScheduleIntervalSpec.FromProto)],
        CronExpressions = [.. proto.CronString],
        Skip = [.. proto.ExcludeStructuredCalendar.Select(ScheduleCalendarSpec.FromProto)],
        StartAt = proto.StartTime?.ToDateTime(),
        EndAt = proto.EndTime?.ToDateTime(),
        Jitter = proto.Jitter?.ToTimeSpan(),
        TimeZoneName = proto.TimezoneName.Length == 0 ? null : proto.TimezoneName,
    };

    internal Api.Schedule.V1.ScheduleSpec ToProto() => new()
    {
        StructuredCalendar = { Calendars.Select(each => each.ToProto()) },
        CronString = { CronExpressions },
        Interval = { Intervals.Select(each => each.ToProto()) },
        ExcludeStructuredCalendar = { Skip.Select(each => each.ToProto()) },
        StartTime = StartAt is { } start ? Timestamp.FromDateTime(start) : null,
        EndTime = EndAt is { } end ? Timestamp.FromDateTime(end) : null,
        Jitter = Jitter is { } jitter ? Duration.FromTimeSpan(jitter) : null,
        TimezoneName = TimeZoneName ?? string.Empty,
    };
}
