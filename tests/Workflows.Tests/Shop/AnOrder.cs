using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Workflows.Tests.Shop;

/// <summary>Orders as customers place them.</summary>
internal static class AnOrder
{
    public static readonly Guid Ada = new("01920000-0000-7000-8000-000000000001");

    public static readonly Address Home = new("Ada", "Main Street 1", null, "10115", "Berlin", "DE");

    public static OrderLine Book(int quantity = 1, long priceCents = 4799) =>
        new("BOOK", "A book", quantity, priceCents, LineKind.Physical);

    public static OrderLine Ebook(long priceCents = 1999) => new("EBOOK", "An e-book", 1, priceCents, LineKind.Digital);

    public static OrderInput Of(params OrderLine[] lines) =>
        new(
            Guid.CreateVersion7(),
            Ada,
            Attempt: 1,
            lines,
            lines.Any(line => line.Kind == LineKind.Physical) ? Home : null,
            "tok_ok",
            VoucherCode: null,
            new OrderOptions()
        );
}
