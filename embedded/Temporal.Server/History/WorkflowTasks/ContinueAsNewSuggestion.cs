using Temporalio.Api.Enums.V1;

namespace Temporal.Server.History.WorkflowTasks;

/// <summary>Tells the worker that its workflow should continue as new before it runs into a limit.</summary>
internal static class ContinueAsNewSuggestion
{
    /// <summary>Why it should, as of the start of a workflow task; empty when it need not.</summary>
    public static IReadOnlyList<SuggestContinueAsNewReason> ReasonsFor(Transition t)
    {
        var state = t.State;
        var reasons = new List<SuggestContinueAsNewReason>();
        if (state.HistorySizeBytes >= Limits.SuggestContinueAsNewBytes)
        {
            reasons.Add(SuggestContinueAsNewReason.HistorySizeTooLarge);
        }

        if (state.NextEventId >= Limits.SuggestContinueAsNewEvents)
        {
            reasons.Add(SuggestContinueAsNewReason.TooManyHistoryEvents);
        }

        if (state.Updates.Count + t.Run.Updates.CountUnaccepted >= Limits.SuggestContinueAsNewUpdates)
        {
            reasons.Add(SuggestContinueAsNewReason.TooManyUpdates);
        }

        return reasons;
    }
}
