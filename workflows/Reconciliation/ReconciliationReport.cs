namespace TemporalDelivery.Workflows.Reconciliation;

/// <summary>What a pass has found.</summary>
/// <param name="Id">The pass, by the id of its run.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Parts">What each comparison has found.</param>
/// <param name="Places">Where the next pass goes on; null in reports of builds that did not keep places.</param>
public sealed record ReconciliationReport(
    string Id,
    DateTime StartedAt,
    DateTime FinishedAt,
    IReadOnlyList<ReconciliationPart> Parts,
    ReconciledPlaces? Places
)
{
    /// <summary>The drift: how much does not agree, and needs an operator.</summary>
    public int Differences => Parts.Sum(part => part.Differences);
}

/// <summary>What one comparison has found.</summary>
/// <param name="Name">stories, charges, parcels or projections; places where it is not known how far the last pass came.</param>
/// <param name="Checked">How much was compared.</param>
/// <param name="Differences">How much does not agree and needs an operator.</param>
/// <param name="Repaired">How much did not agree and was put right.</param>
/// <param name="Failure">Why something of it was not compared, the first time.</param>
public sealed record ReconciliationPart(string Name, int Checked, int Differences, int Repaired, string? Failure = null)
{
    /// <summary>With what was found besides.</summary>
    internal ReconciliationPart And(Reconciled found) =>
        this with
        {
            Checked = Checked + found.Checked,
            Differences = Differences + found.Differences,
            Repaired = Repaired + found.Repaired,
        };
}
