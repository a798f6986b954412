using Temporal.Server.Schedules.Spec;

namespace Temporal.Server.Schedules;

/// <summary>A schedule as it is stored, with what follows from its spec. Replaced as a whole, so that who reads it needs no gate.</summary>
/// <param name="Record">What is stored; never modified.</param>
/// <param name="Version">The stored version, from 1.</param>
/// <param name="Times">When it acts; null while its spec cannot be used, see <paramref name="Problem"/>.</param>
/// <param name="Problem">Why its spec cannot be used; empty while it can.</param>
internal sealed record StoredSchedule(ScheduleRecord Record, long Version, ScheduleTimes? Times, string Problem)
{
    /// <summary>What was read or written.</summary>
    /// <param name="key">Which schedule: its jitter depends on that.</param>
    /// <param name="record">The record.</param>
    /// <param name="version">Its version.</param>
    /// <param name="before">What was stored before; with an equal spec its times still hold.</param>
    public static StoredSchedule Of(Store.RecordKey key, ScheduleRecord record, long version, StoredSchedule? before)
    {
        if (before is not null && record.Schedule.Spec.Equals(before.Record.Schedule.Spec))
        {
            return before with { Record = record, Version = version };
        }

        try
        {
            return new StoredSchedule(record, version, new ScheduleTimes(record.Schedule.Spec, ScheduleEntry.SeedOf(key)), Problem: "");
        }
        catch (ScheduleSpecException error)
        {
            // It was good when it was written: this machine does not know its time zone, say.
            return new StoredSchedule(record, version, Times: null, error.Message);
        }
    }
}
