namespace TemporalDelivery.Bench.Api;

/// <summary>An order that is COMPLETED.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Deliveries">Its delivery orders.</param>
/// <param name="Latency">From POST until a reader saw it COMPLETED.</param>
internal sealed record FinishedOrder(Guid Id, IReadOnlyList<Guid> Deliveries, TimeSpan Latency)
{
    /// <summary>The ids of the workflows that it took.</summary>
    public IEnumerable<string> Workflows => [$"order-{Id}", .. Deliveries.Select(delivery => $"delivery-{delivery}")];
}
