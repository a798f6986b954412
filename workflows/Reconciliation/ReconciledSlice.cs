namespace TemporalDelivery.Workflows.Reconciliation;

/// <summary>The entries of the books that are compared: those made from one time on, and before another.</summary>
/// <param name="From">The first time.</param>
/// <param name="To">The time after the last.</param>
public sealed record ReconciledSlice(DateTimeOffset From, DateTimeOffset To);
