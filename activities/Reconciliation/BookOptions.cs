namespace TemporalDelivery.Activities.Reconciliation;

/// <summary>How our books are compared with others'. Configuration section <c>Books</c>.</summary>
public sealed record BookOptions
{
    /// <summary>For how long after a change an order, its payment and its deliveries are under way and not compared.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(2);
}
