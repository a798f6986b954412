using Temporalio.Api.Enums.V1;

namespace Temporal.Server.History.WorkflowTasks;

/// <summary>Tells the worker that its workflow should continue as new before it runs into a limit.</summary>
internal static class ContinueAsNewSuggestion
{
    /// <summary>Why it should, as of the start of a workflow task; empty when it need not.</summary>
    public static IReadOnlyList<SuggestContinueAsNewReason> ReasonsFor(Transition t)
    {
        var (state, limits) = (t.State, t.Run.Limits);
        var reasons = new List<SuggestContinueAsNewReason>();
        if (state.HistorySizeBytes >= limits.SuggestContinueAsNewBytes)
        {
            reasons.Add(SuggestContinueAsNewReason.HistorySizeTooLarge);
        }

        if (state.NextEventId >= limits.SuggestContinueAsNewEvents)
        {
            reasons.Add(SuggestContinueAsNewReason.TooManyHistoryEvents);
        }

        if (state.Updates.Count + t.Run.Updates.CountUnaccepted >= Math.Ceiling(limits.Updates * limits.SuggestContinueAsNewUpdates))
        {
            reasons.Add(SuggestContinueAsNewReason.TooManyUpdates);
        }

        return reasons;
    }
}
