using System.Text.Json;

namespace TemporalDelivery.EndToEnd;

/// <summary>
/// What the outside world wrote down. It convicts by order and delivery order, never by idempotency key: a second charge of an order
/// under another key is a second charge.
/// </summary>
internal static class Ledgers
{
    /// <summary>How often each order was charged with success, by order id.</summary>
    public static IReadOnlyDictionary<Guid, int> Charges(string path) =>
        Count(path, line => Kind(line) is "charged" or "decided" && line.GetProperty("status").GetString() == "settled", "orderId");

    /// <summary>How often each order got its money back, by order id.</summary>
    public static IReadOnlyDictionary<Guid, int> Refunds(string path) => Count(path, line => Kind(line) == "refunded", "orderId");

    /// <summary>How often each delivery order was booked, by delivery order id.</summary>
    public static IReadOnlyDictionary<Guid, int> Bookings(string path) => Count(path, line => Kind(line) == "booked", "deliveryOrderId");

    /// <summary>How many delivery orders were booked for each order, by order id.</summary>
    public static IReadOnlyDictionary<Guid, int> DeliveriesOfOrders(string path) => Count(path, line => Kind(line) == "booked", "orderId");

    private static string? Kind(JsonElement line) => line.GetProperty("kind").GetString();

    private static Dictionary<Guid, int> Count(string path, Func<JsonElement, bool> counts, string key) =>
        File.ReadLines(path)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .Where(counts)
            .GroupBy(line => (line.TryGetProperty("event", out var told) ? told : line).GetProperty(key).GetGuid())
            .ToDictionary(group => group.Key, group => group.Count());
}
