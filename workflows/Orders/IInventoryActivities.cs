using System.Text.Json.Serialization;
using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>Stock. Task queue <see cref="TaskQueues.Orders"/>; called as <see cref="Effects.EffectRunner"/> says.</summary>
public interface IInventoryActivities
{
    /// <summary>
    /// Reserves all lines or none, once per order and attempt; a repeated call gives the first one's answer. Stock never goes negative.
    /// A reservation that was already released stays released: the late attempt takes nothing.
    /// </summary>
    [Activity]
    public Task<ReservationResult> ReserveStockAsync(StockReservation reservation);

    /// <summary>Puts the reservation of this order and attempt back; when there is none, notes that none may come any more.</summary>
    [Activity]
    public Task ReleaseStockAsync(OrderAttempt attempt);

    /// <summary>The goods are gone for good: the reservation becomes a sale. Once per order and attempt.</summary>
    [Activity]
    public Task CommitStockAsync(OrderAttempt attempt);
}

/// <summary>All lines of an order attempt; one SKU may stand in several lines.</summary>
public sealed record StockReservation(Guid OrderId, int Attempt, IReadOnlyList<StockLine> Lines);

/// <summary>So many of a SKU.</summary>
public sealed record StockLine(string Sku, int Quantity);

/// <summary>Whether everything was reserved.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReservationOutcome>))]
public enum ReservationOutcome
{
    /// <summary>All of it.</summary>
    [JsonStringEnumMemberName("RESERVED")]
    Reserved,

    /// <summary>None of it: something is short.</summary>
    [JsonStringEnumMemberName("OUT_OF_STOCK")]
    OutOfStock,
}

/// <summary>The answer to a reservation.</summary>
/// <param name="Outcome">All or none.</param>
/// <param name="ShortSkus">The SKUs of which there are too few, sorted; empty when reserved.</param>
public sealed record ReservationResult(ReservationOutcome Outcome, IReadOnlyList<string> ShortSkus)
{
    /// <summary>All lines are reserved.</summary>
    public static ReservationResult Reserved { get; } = new(ReservationOutcome.Reserved, []);

    /// <summary>Nothing is reserved, because these are short.</summary>
    public static ReservationResult OutOfStock(IEnumerable<string> skus) =>
        new(ReservationOutcome.OutOfStock, [.. skus.Order(StringComparer.Ordinal)]);
}
