using Temporalio.Api.History.V1;
using Temporalio.Api.Workflow.V1;

namespace Temporal.Server.History.State;

/// <summary>Where a workflow can be reset to, to undo what a build of its worker did: each build's first completed workflow task.</summary>
internal static class AutoResetPoints
{
    private const int Kept = 20;

    /// <summary>Notes a completed workflow task if its build has none yet.</summary>
    public static void Note(RunState state, HistoryEvent completed)
    {
        var attributes = completed.WorkflowTaskCompletedEventAttributes;
        var buildId = attributes.WorkerVersion?.BuildId ?? "";
        if (
            (buildId.Length == 0 && attributes.BinaryChecksum.Length == 0)
            || state.AutoResetPoints.Exists(point => point.BuildId == buildId && point.BinaryChecksum == attributes.BinaryChecksum)
        )
        {
            return;
        }

        state.AutoResetPoints.Add(
            new ResetPointInfo
            {
                BuildId = buildId,
                BinaryChecksum = attributes.BinaryChecksum,
                FirstWorkflowTaskCompletedId = completed.EventId,
                CreateTime = completed.EventTime,
                Resettable = state.Children.Count == 0 && state.ExternalCancels.Count == 0 && state.ExternalSignals.Count == 0,
            }
        );
        if (state.AutoResetPoints.Count > Kept)
        {
            state.AutoResetPoints.RemoveAt(0);
        }
    }

    /// <summary>The points of a run and of those it continues; null when there are none.</summary>
    public static ResetPoints? Of(RunState state, string runId)
    {
        var points = new ResetPoints { Points = { state.Started.PrevAutoResetPoints?.Points ?? [] } };
        foreach (var own in state.AutoResetPoints)
        {
            var point = own.Clone();
            point.RunId = runId;
            points.Points.Add(point);
        }

        while (points.Points.Count > Kept)
        {
            points.Points.RemoveAt(0);
        }

        return points.Points.Count == 0 ? null : points;
    }
}
