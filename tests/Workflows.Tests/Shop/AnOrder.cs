using System.Collections.Concurrent;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Workflows.Tests.Shop;

/// <summary>Orders as customers place them.</summary>
internal static class AnOrder
{
    public static readonly Guid Ada = new("01920000-0000-7000-8000-000000000001");

    private static readonly ConcurrentDictionary<Guid, IReadOnlyList<OrderLine>> Lines = new();

    public static OrderLine Book(int quantity = 1, long priceCents = 4799) =>
        new("BOOK", "A book", quantity, priceCents, LineKind.Physical);

    public static OrderLine Ebook(long priceCents = 1999) => new("EBOOK", "An e-book", 1, priceCents, LineKind.Digital);

    public static OrderInput Of(params OrderLine[] lines)
    {
        var order = new OrderInput(
            Guid.CreateVersion7(),
            Ada,
            Attempt: 1,
            lines.Sum(line => line.TotalCents),
            VoucherCode: null,
            new OrderOptions(),
            lines.Length
        );
        Lines[order.OrderId] = lines;
        return order;
    }

    /// <summary>What was ordered: it stands in the order's rows, not in its workflow.</summary>
    public static IReadOnlyList<OrderLine> LinesOf(Guid orderId) => Lines[orderId];
}
