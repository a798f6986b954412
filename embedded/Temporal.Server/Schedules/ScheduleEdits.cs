using Temporal.Server.History;
using Temporal.Server.Schedules.Spec;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;

namespace Temporal.Server.Schedules;

/// <summary>What clients do to a schedule.</summary>
internal static class ScheduleEdits
{
    /// <summary>The record of a new schedule, before anything happened to it.</summary>
    public static ScheduleRecord New(
        string scheduleId,
        Schedule schedule,
        Memo? memo,
        SearchAttributes? searchAttributes,
        string requestId,
        DateTimeOffset now
    ) =>
        new()
        {
            ScheduleId = scheduleId,
            Incarnation = RunIds.New(),
            Schedule = Complete(schedule),
            Info = new ScheduleInfo { CreateTime = now.ToProto() },
            Memo = memo,
            SearchAttributes = searchAttributes,
            ConflictToken = 1,
            CreateRequestId = requestId,
            ProcessedUntil = now.ToProto(),
        };

    /// <summary>A schedule with all that clients may leave out. Its spec must be canonical.</summary>
    public static Schedule Complete(Schedule schedule)
    {
        var complete = schedule.Clone();
        complete.Spec ??= new ScheduleSpec();
        complete.Action ??= new ScheduleAction();
        complete.State ??= new ScheduleState();
        complete.Policies ??= new SchedulePolicies();
        if (complete.Policies.OverlapPolicy == ScheduleOverlapPolicy.Unspecified)
        {
            complete.Policies.OverlapPolicy = ScheduleOverlapPolicy.Skip;
        }

        complete.Policies.CatchupWindow = new ScheduleRecord { Schedule = complete }
            .CatchupWindow()
            .ToProto();
        return complete;
    }

    /// <summary>Replaces the schedule; what has happened so far stays.</summary>
    public static void Update(
        this ScheduleChange change,
        Schedule schedule,
        ScheduleTimes times,
        Memo? memo,
        SearchAttributes? searchAttributes
    )
    {
        var record = change.Record;
        record.Schedule = Complete(schedule);
        record.Memo = memo ?? record.Memo;
        record.SearchAttributes = searchAttributes ?? record.SearchAttributes;
        record.Info.UpdateTime = change.Now.ToProto();
        // A time before the update whose jitter reaches beyond it is still to come; everything earlier is over.
        var from = change.Now.SaturatingAdd(-schedule.Spec.Jitter.ToSpan());
        record.ProcessedUntil = from > record.ProcessedUntil.ToDateTimeOffset() ? from.ToProto() : record.ProcessedUntil;
        record.ConflictToken++;
        change.Times = times;
    }

    /// <summary>Pauses, unpauses, triggers, backfills.</summary>
    public static void Patch(this ScheduleChange change, SchedulePatch patch)
    {
        var record = change.Record;
        if (patch.TriggerImmediately is { } trigger)
        {
            var time = trigger.ScheduledTime?.ToDateTimeOffset() ?? change.Now;
            record.Buffer(new ScheduleTime(time, time), trigger.OverlapPolicy, manual: true);
        }

        foreach (var backfill in patch.BackfillRequest)
        {
            if (record.Backfills.Count >= ScheduleLimits.Backfills)
            {
                record.Info.BufferDropped++;
                continue;
            }

            // Kept as "after", so that the start itself can match.
            record.Backfills.Add(
                new BackfillRequest(backfill) { StartTime = backfill.StartTime.ToDateTimeOffset().AddMilliseconds(-1).ToProto() }
            );
        }

        if (patch.Pause.Length > 0)
        {
            SetPaused(record, paused: true, patch.Pause);
        }

        if (patch.Unpause.Length > 0)
        {
            SetPaused(record, paused: false, patch.Unpause);
        }
    }

    /// <summary>Remembers a request; false when it has been carried out before.</summary>
    public static bool TryTakeRequest(this ScheduleChange change, string requestId)
    {
        var known = change.Record.RequestIds;
        if (requestId.Length == 0)
        {
            return true;
        }

        if (known.Contains(requestId))
        {
            return false;
        }

        known.Add(requestId);
        if (known.Count > ScheduleLimits.RememberedRequests)
        {
            known.RemoveAt(0);
        }

        return true;
    }

    private static void SetPaused(ScheduleRecord record, bool paused, string note)
    {
        record.Schedule.State.Paused = paused;
        record.Schedule.State.Notes = note;
        record.ConflictToken++;
    }
}
