using Temporal.Server.Schedules.Spec;

namespace Temporal.Server.Schedules;

/// <summary>
/// One change of one schedule: works on a copy of its record, which replaces the record when it has been stored, and is thrown away
/// otherwise. What must happen outside follows from the new record: the starts that it plans, and <see cref="Ending"/>.
/// </summary>
internal sealed class ScheduleChange
{
    private readonly byte[] before;

    /// <summary>Begins a change.</summary>
    /// <param name="record">The record to be changed; it is not touched.</param>
    /// <param name="times">When the schedule acts; null while its spec cannot be used.</param>
    /// <param name="now">The time of the change.</param>
    public ScheduleChange(ScheduleRecord record, ScheduleTimes? times, DateTimeOffset now)
    {
        before = record.ToByteArray();
        Record = ScheduleRecord.Parse(before);
        Times = times;
        Now = now;
    }

    /// <summary>The record with the changes so far.</summary>
    public ScheduleRecord Record { get; }

    /// <summary>When it acts; null while its spec cannot be used.</summary>
    public ScheduleTimes? Times { get; set; }

    /// <summary>The time of the change.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>Whether there is anything to store.</summary>
    public bool IsChanged => !Record.ToByteArray().AsSpan().SequenceEqual(before);

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
