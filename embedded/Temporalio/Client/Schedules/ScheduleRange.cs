namespace Temporalio.Client.Schedules;

/// <summary>Values from one to another.</summary>
/// <param name="Start">The first.</param>
/// <param name="End">The last.</param>
/// <param name="Step">Step between them.</param>
public record ScheduleRange(int Start, int End, int Step)
{
    /// <summary>Zero alone.</summary>
    public static readonly ScheduleRange Zero = new(0);

    /// <summary>One value.</summary>
    public ScheduleRange(int start)
        : this(start, start, 1)
    {
    }

    /// <summary>Every value from one to another.</summary>
    public ScheduleRange(int start, int end)
        : this(start, end, 1)
    {
    }

    internal static IReadOnlyCollection<ScheduleRange> FromProtos(IEnumerable<Api.Schedule.V1.Range> protos) =>
        [.. protos.Select(each => new ScheduleRange(each.Start, each.End, each.Step))];

    internal static IEnumerable<Api.Schedule.V1.Range> ToProtos(IEnumerable<ScheduleRange> ranges) =>
        ranges.Select(each => new Api.Schedule.V1.Range { Start = each.Start, End = each.End, Step = each.Step });
}
