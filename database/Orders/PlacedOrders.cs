using Dapper;
using Npgsql;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Orders;

/// <summary>Orders as they were placed, beside what the catalogue and the customer's record say of them now.</summary>
public sealed class PlacedOrders(NpgsqlDataSource source)
{
    /// <summary>What <see cref="OrderRules"/> judge the order by, read in one round trip; null when there is no such order.</summary>
    public async Task<(OrderDraft Draft, OrderFacts Facts)?> FindAsync(Guid orderId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition($"{OrderSql}; {LinesSql}", new { orderId }, cancellationToken: cancellationToken)
        );
        if (await results.ReadSingleOrDefaultAsync<OrderRow>() is not { } order)
        {
            return null;
        }

        var lines = (await results.ReadAsync<LineRow>()).AsList();
        var items = lines
            .Where(line => line.IsKnown)
            .DistinctBy(line => line.Sku, StringComparer.Ordinal)
            .ToDictionary(
                line => line.Sku,
                line => new CatalogueItem(line.Sku, line.Name, line.PriceCents, WireNames.Parse<LineKind>(line.Kind), line.OnSale),
                StringComparer.Ordinal
            );
        return (
            new OrderDraft(
                order.CustomerId,
                [.. lines.Select(line => new DraftLine(line.Sku, line.Quantity))],
                Address(order.DeliveryAddress),
                order.PaymentToken
            ),
            new OrderFacts(order.CustomerExists, Address(order.CustomerAddress), items)
        );
    }

    private const string OrderSql = """
        select o.customer_id, o.delivery_address::text as delivery_address, o.payment_token, c.customer_id is not null as customer_exists,
            c.address::text as customer_address
        from orders.orders o left join orders.customers c using (customer_id)
        where o.order_id = @orderId
        """;

    private const string LinesSql = """
        select l.sku, l.quantity, p.sku is not null as is_known, coalesce(p.name, '') as name, coalesce(p.price_cents, 0) as price_cents,
            coalesce(p.kind, '') as kind, coalesce(p.on_sale, false) as on_sale
        from orders.order_lines l left join orders.products p using (sku)
        where l.order_id = @orderId
        order by l.line_number
        """;

    private static Address? Address(string? json) => json is null ? null : Json.Read<Address>(json);

    private sealed record OrderRow(
        Guid CustomerId,
        string? DeliveryAddress,
        string PaymentToken,
        bool CustomerExists,
        string? CustomerAddress
    );

    private sealed record LineRow(string Sku, int Quantity, bool IsKnown, string Name, long PriceCents, string Kind, bool OnSale);
}
