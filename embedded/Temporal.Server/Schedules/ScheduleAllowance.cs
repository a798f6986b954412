using Temporal.Server.History;
using Temporal.Server.Schedules.Records;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Schedules;

/// <summary>What a schedule's state and policies allow.</summary>
internal static class ScheduleAllowance
{
    /// <summary>Whether it acts by itself now: not paused, and actions left.</summary>
    public static bool ActsByItself(this ScheduleRecord record)
    {
        var state = record.Schedule.State;
        return !state.Paused && (!state.LimitedActions || state.RemainingActions > 0);
    }

    /// <summary>Uses one of the remaining actions up if a start needs one; false when there is none.</summary>
    public static bool TryUseAction(this ScheduleRecord record, BufferedStart start)
    {
        if (start.Manual)
        {
            return true;
        }

        if (!record.ActsByItself())
        {
            return false;
        }

        if (record.Schedule.State.LimitedActions)
        {
            record.Schedule.State.RemainingActions--;
            record.ConflictToken++;
        }

        return true;
    }

    /// <summary>The overlap policy that applies to a start.</summary>
    public static ScheduleOverlapPolicy PolicyFor(this ScheduleRecord record, BufferedStart start) =>
        start.OverlapPolicy == (int)ScheduleOverlapPolicy.Unspecified
            ? record.Schedule.Policies.OverlapPolicy
            : (ScheduleOverlapPolicy)start.OverlapPolicy;

    /// <summary>How late an action may be taken.</summary>
    public static TimeSpan CatchupWindow(this ScheduleRecord record)
    {
        if (record.Schedule.Policies.CatchupWindow is not { } window)
        {
            return ScheduleLimits.DefaultCatchupWindow;
        }

        return window.ToSpan() < ScheduleLimits.ShortestCatchupWindow ? ScheduleLimits.ShortestCatchupWindow : window.ToSpan();
    }
}
