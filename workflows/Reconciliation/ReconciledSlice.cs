namespace TemporalDelivery.Workflows.Reconciliation;

/// <summary>The entries of the books that are compared: those made from one time on, and before another.</summary>
/// <param name="From">The first time.</param>
/// <param name="To">The time after the last.</param>
/// <param name="IsLast">It is the last one of a pass: open tasks are looked at again, wherever their entries are in time.</param>
public sealed record ReconciledSlice(DateTimeOffset From, DateTimeOffset To, bool IsLast);
