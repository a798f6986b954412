using Temporal.Server.History.Activities;
using Temporal.Server.Store;

namespace Temporal.Server.History;

/// <summary>A run's line in lists.</summary>
internal static class VisibilityRecords
{
    /// <summary>The line as of a transition.</summary>
    public static VisibilityRecord Of(Transition t)
    {
        var state = t.State;
        var started = state.Started;
        return new VisibilityRecord
        {
            WorkflowType = started.WorkflowType.Name,
            Status = state.Status,
            TaskQueue = state.TaskQueue,
            StartTime = state.StartTime,
            ExecutionTime = state.ExecutionTime,
            CloseTime = state.Close?.Event.EventTime.ToDateTimeOffset(),
            HistoryLength = state.Events.Count,
            HistorySizeBytes = state.HistorySizeBytes,
            StateTransitionCount = t.State.TransitionCount,
            FirstRunId = started.FirstExecutionRunId,
            StartRequestId = state.StartRequestId,
            ParentWorkflowId = started.ParentWorkflowExecution?.WorkflowId,
            ParentRunId = started.ParentWorkflowExecution?.RunId,
            RootWorkflowId = started.RootWorkflowExecution?.WorkflowId ?? t.Run.Key.WorkflowId,
            RootRunId = started.RootWorkflowExecution?.RunId ?? t.Run.Key.RunId,
            SearchAttributes = PausedActivities.Mark(state, state.BuildIds.Mark(state.SearchAttributes)),
            Memo = state.Memo,
        };
    }
}
