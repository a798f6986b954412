using Temporal.Server.History;
using Temporal.Server.Schedules.Records;
using Temporal.Server.Schedules.Spec;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Schedules;

/// <summary>Turns times that have come, and backfills, into starts that wait for the policies.</summary>
internal static class DueTimes
{
    /// <summary>Buffers what is due by now, and passes over what nobody may start any more.</summary>
    public static void BufferDue(this ScheduleChange change)
    {
        var record = change.Record;
        if (change.Times is null || !record.ActsByItself())
        {
            // The time spent paused is not caught up with.
            if (record.ProcessedUntil.ToDateTimeOffset() < change.Now)
            {
                record.ProcessedUntil = change.Now.ToProto();
            }

            return;
        }

        var updated = record.Info.UpdateTime?.ToDateTimeOffset();
        var (passed, buffered) = (0, 0);
        for (; Next(change) is { } next && next.Actual <= change.Now; passed++)
        {
            if (passed == ScheduleLimits.TimesPerStep || buffered == ScheduleLimits.BufferedStarts)
            {
                change.HasMore = true;
                Leap(change);
                return;
            }

            record.ProcessedUntil = next.Actual.ToProto();
            if (updated > next.Actual)
            {
                continue;
            }

            if (change.Now - next.Actual > record.CatchupWindow())
            {
                record.Info.MissedCatchupWindow++;
                continue;
            }

            record.Buffer(next, ScheduleOverlapPolicy.Unspecified, manual: false);
            buffered++;
        }
    }

    /// <summary>Buffers the next backfilled times, leaving half of the buffer to those that come due.</summary>
    public static void BufferBackfills(this ScheduleChange change)
    {
        var record = change.Record;
        for (
            var left = ScheduleLimits.BackfillsPerStep;
            record.Backfills.Count > 0 && record.Buffered.Count < ScheduleLimits.BufferedStarts / 2;

        )
        {
            if (left == 0)
            {
                change.HasMore = true;
                return;
            }

            var backfill = record.Backfills[0];
            if (
                change.Times?.Next(backfill.StartTime.ToDateTimeOffset()) is not { } next
                || next.Actual > backfill.EndTime.ToDateTimeOffset()
            )
            {
                record.Backfills.RemoveAt(0);
                continue;
            }

            record.Buffer(next, backfill.OverlapPolicy, manual: true);
            backfill.StartTime = next.Actual.ToProto();
            left--;
        }
    }

    /// <summary>Adds a start that waits; beyond the limit it is dropped and counted.</summary>
    public static void Buffer(this ScheduleRecord record, ScheduleTime time, ScheduleOverlapPolicy policy, bool manual)
    {
        if (record.Buffered.Count >= ScheduleLimits.BufferedStarts)
        {
            record.Info.BufferDropped++;
            return;
        }

        record.Buffered.Add(
            new BufferedStart
            {
                NominalTime = time.Nominal.ToProto(),
                ActualTime = time.Actual.ToProto(),
                OverlapPolicy = (int)policy,
                Manual = manual,
            }
        );
    }

    /// <summary>When a schedule next has something to do by itself; null when it only waits for others.</summary>
    public static DateTimeOffset? NextWake(this ScheduleRecord record, ScheduleTimes? times) =>
        record.ActsByItself() ? times?.Next(record.ProcessedUntil.ToDateTimeOffset())?.Actual : null;

    /// <summary>The coming times of a schedule, as far as its remaining actions go.</summary>
    public static IEnumerable<DateTimeOffset> Future(this ScheduleRecord record, ScheduleTimes times, DateTimeOffset now, int most)
    {
        var state = record.Schedule.State;
        if (state.LimitedActions)
        {
            most = (int)Math.Clamp(state.RemainingActions, 0, most);
        }

        var from = record.ActsByItself() ? record.ProcessedUntil.ToDateTimeOffset() : now;
        for (var (found, behind) = (0, 0); found < most && times.Next(from) is { } next;)
        {
            from = next.Actual;
            if (from > now)
            {
                found++;
                yield return from;
            }
            else if (++behind == ScheduleLimits.TimesBehind)
            {
                // The clock has leapt, and the schedule is years of due times behind: no reader waits for those.
                from = now;
            }
        }
    }

    // Decades of times that are too late are not even counted one by one: missed are then at least as many as the count says.
    private static void Leap(ScheduleChange change)
    {
        var horizon = change.Now.SaturatingAdd(-change.Record.CatchupWindow());
        if (change.Record.ProcessedUntil.ToDateTimeOffset() < horizon)
        {
            change.Record.ProcessedUntil = horizon.ToProto();
        }
    }

    private static ScheduleTime? Next(ScheduleChange change) => change.Times!.Next(change.Record.ProcessedUntil.ToDateTimeOffset());
}
