namespace TemporalDelivery.Chaos.Audit;

/// <summary>An order that was accepted, and what may become of it.</summary>
/// <param name="OrderId">Its id.</param>
/// <param name="Kind">What was meant to happen to it.</param>
/// <param name="Ends">The statuses that it may end with.</param>
/// <param name="IsDisputed">Whether its customer disputes its delivery.</param>
internal sealed record PlacedOrder(Guid OrderId, string Kind, IReadOnlyList<string> Ends, bool IsDisputed);
