namespace TemporalDelivery.Workflows.Reconciliation;

/// <summary>What a comparison has found.</summary>
/// <param name="Checked">How many entries of either book were compared.</param>
/// <param name="Differences">How many of them do not agree and need an operator.</param>
/// <param name="Repaired">How many did not agree and were put right.</param>
public sealed record Reconciled(int Checked, int Differences, int Repaired);
