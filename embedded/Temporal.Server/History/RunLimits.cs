using Temporal.Server.History.State;
using Temporal.Server.History.WorkflowTasks;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.History;

/// <summary>What holds for a run after every change, whoever made it.</summary>
internal static class RunLimits
{
    /// <summary>Why an open run may not become what a change makes of it; null when it may.</summary>
    public static string? WhatIsExceeded(Transition t)
    {
        var state = t.State;
        if (!state.IsOpen)
        {
            return null;
        }

        if (state.HistorySizeBytes > t.Run.Limits.HistoryBytes)
        {
            return "Workflow history size exceeds limit.";
        }

        return state.Events.Count > t.Run.Limits.HistoryEvents ? "Workflow history count exceeds limit." : null;
    }

    /// <summary>
    /// When too much waits for the started workflow task to end, takes the task away, so that what waits becomes history.
    /// </summary>
    public static void RelieveBuffer(Transition t)
    {
        var buffered = t.State.Buffered;
        if (
            buffered.Count > 0
            && t.State is { IsOpen: true, WorkflowTask.IsStarted: true }
            && (
                buffered.Count > t.Run.Limits.BufferedEvents || buffered.Sum(e => (long)e.CalculateSize()) > t.Run.Limits.BufferedEventBytes
            )
        )
        {
            t.FailWorkflowTask(WorkflowTaskFailedCause.ForceCloseCommand, failure: null, identity: "history-service");
        }
    }
}
