using Temporal.Server.Schedules.Records;
using Temporal.Server.Schedules.Spec;

namespace Temporal.Server.Schedules;

/// <summary>
/// One change of one schedule: works on a copy of its record, which replaces the record when it has been stored, and is thrown away
/// otherwise. What must happen outside follows from the new record: the starts that it plans, and <see cref="Ending"/>.
/// </summary>
internal sealed class ScheduleChange(ScheduleRecord before, ScheduleTimes? times, DateTimeOffset now)
{
    /// <summary>The record with the changes so far.</summary>
    public ScheduleRecord Record { get; } = before.Clone();

    /// <summary>When it acts; null while its spec cannot be used.</summary>
    public ScheduleTimes? Times { get; set; } = times;

    /// <summary>The time of the change.</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>Whether there is anything to store.</summary>
    public bool IsChanged => !Record.Equals(before);

    /// <summary>What a policy wants of the workflows that run.</summary>
    public RunningEnd Ending { get; set; }

    /// <summary>A step's share of the work is done but not all of it: take another step at once.</summary>
    public bool HasMore { get; set; }
}

/// <summary>How running workflows make room for the next.</summary>
internal enum RunningEnd
{
    /// <summary>They go on.</summary>
    None,

    /// <summary>They are asked to cancel.</summary>
    Cancel,

    /// <summary>They are terminated.</summary>
    Terminate,
}
