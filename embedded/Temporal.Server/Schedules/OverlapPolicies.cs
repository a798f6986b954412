using System.Globalization;
using Temporal.Server.History;
using Temporal.Server.Schedules.Records;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Schedules;

/// <summary>Decides which of the waiting starts start now, which go on waiting and which never start.</summary>
internal static class OverlapPolicies
{
    /// <summary>Considers all that wait, in order. While a planned start may not have been carried out, nothing is decided.</summary>
    public static void PlanStarts(this ScheduleChange change)
    {
        var record = change.Record;
        if (record.Buffered.Count == 0 || record.Starting.Count > 0)
        {
            return;
        }

        if (record.Schedule.Action?.StartWorkflow is null)
        {
            record.Buffered.Clear();
            return;
        }

        var isRunning = record.Info.RunningWorkflows.Count > 0;
        var concurrent = new List<BufferedStart>();
        var waiting = new List<BufferedStart>();
        BufferedStart? exclusive = null;
        foreach (var start in record.Buffered)
        {
            var policy = record.PolicyFor(start);
            if (policy == ScheduleOverlapPolicy.AllowAll)
            {
                concurrent.Add(start);
            }
            else if (!isRunning && exclusive is null)
            {
                exclusive = start;
            }
            else
            {
                switch (policy)
                {
                    case ScheduleOverlapPolicy.BufferAll:
                    case ScheduleOverlapPolicy.BufferOne when waiting.Count == 0:
                        waiting.Add(start);
                        break;
                    case ScheduleOverlapPolicy.CancelOther or ScheduleOverlapPolicy.TerminateOther when !isRunning:
                        // It would end what has not even begun: it takes its place.
                        exclusive = start;
                        break;
                    case ScheduleOverlapPolicy.CancelOther or ScheduleOverlapPolicy.TerminateOther:
                        var ending = policy == ScheduleOverlapPolicy.CancelOther ? RunningEnd.Cancel : RunningEnd.Terminate;
                        change.Ending = ending > change.Ending ? ending : change.Ending;
                        waiting.Add(start);
                        break;
                    default:
                        record.Info.OverlapSkipped++;
                        break;
                }
            }
        }

        record.Buffered.Clear();
        record.Buffered.AddRange(waiting);
        // What makes room for one would end those started beside it, too.
        foreach (var start in change.Ending == RunningEnd.None ? concurrent : [])
        {
            Plan(record, start, isExclusive: false);
        }

        if (exclusive is not null)
        {
            Plan(record, exclusive, isExclusive: true);
        }

        // When the pause or the limit refused a start, those behind it may go ahead.
        change.HasMore |= record.Starting.Count == 0 && record.Buffered.Count > 0 && record.Info.RunningWorkflows.Count == 0;
    }

    private static void Plan(ScheduleRecord record, BufferedStart start, bool isExclusive)
    {
        if (!record.TryUseAction(start))
        {
            return;
        }

        record.PlannedCount++;
        var action = record.Schedule.Action.StartWorkflow;
        record.Starting.Add(
            new PlannedStart
            {
                Start = start,
                WorkflowId = record.Schedule.Policies.KeepOriginalWorkflowId
                    ? action.WorkflowId
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{action.WorkflowId}-{start.NominalTime.ToDateTimeOffset():yyyy-MM-dd'T'HH:mm:ss'Z'}"
                    ),
                RequestId = string.Create(CultureInfo.InvariantCulture, $"{record.Incarnation}/{record.PlannedCount}"),
                Exclusive = isExclusive,
            }
        );
    }
}
