using Temporal.Endurance.Worker;
using Temporalio.Common;
using Case = Temporalio.Api.History.V1.HistoryEvent.AttributesOneofCase;

namespace Temporal.Endurance.Tests;

/// <summary>What holds between the histories and what the outside world saw.</summary>
internal static class EffectRules
{
    /// <summary>Checks all runs at once.</summary>
    /// <param name="histories">Every run.</param>
    /// <param name="ledger">Every entry, in the order in which they happened.</param>
    public static void Check(IReadOnlyList<WorkflowHistory> histories, IReadOnlyList<LedgerEntry> ledger)
    {
        CheckOncePerActivity(histories, ledger);
        CheckNothingAfterAcknowledgement(ledger);
        CheckNothingAfterALaterStep(ledger);
    }

    // Each activity of each history had its effect at least once, and no effect is of an activity that no history knows.
    private static void CheckOncePerActivity(IReadOnlyList<WorkflowHistory> histories, IReadOnlyList<LedgerEntry> ledger)
    {
        var scheduled = histories
            .SelectMany(history =>
                history
                    .Events.Where(e => e.AttributesCase == Case.ActivityTaskScheduledEventAttributes)
                    .Select(e =>
                        (
                            Run: history.Events.First().WorkflowExecutionStartedEventAttributes.OriginalExecutionRunId,
                            e.ActivityTaskScheduledEventAttributes.ActivityId
                        )
                    )
            )
            .Order();
        var happened = ledger
            .Where(entry => entry.Kind == LedgerEntryKind.Effect)
            .Select(entry => (entry.RunId, entry.ActivityId))
            .Distinct()
            .Order();
        Assert.Equal(scheduled, happened);
    }

    private static void CheckNothingAfterAcknowledgement(IReadOnlyList<LedgerEntry> ledger)
    {
        var acknowledged = new HashSet<(string, string)>();
        foreach (var entry in ledger)
        {
            if (entry.Kind == LedgerEntryKind.Acknowledged)
            {
                acknowledged.Add((entry.RunId, entry.ActivityId));
            }
            else
            {
                Assert.DoesNotContain((entry.RunId, entry.ActivityId), acknowledged);
            }
        }

        Assert.NotEmpty(acknowledged);
    }

    // A step that began shows that the steps before it were completed for good.
    private static void CheckNothingAfterALaterStep(IReadOnlyList<LedgerEntry> ledger)
    {
        foreach (var run in ledger.Where(entry => entry is { Kind: LedgerEntryKind.Effect, Step: > 0 }).GroupBy(entry => entry.RunId))
        {
            Assert.Equal(run.Select(entry => entry.Step).Order(), run.Select(entry => entry.Step));
        }
    }
}
