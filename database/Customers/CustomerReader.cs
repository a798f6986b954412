using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Customers;

/// <summary>One line that a customer bought.</summary>
/// <param name="OrderId">In which order.</param>
/// <param name="LineNumber">Its place there, from 1.</param>
/// <param name="Sku">The article.</param>
/// <param name="Name">Its name when ordered.</param>
/// <param name="Kind"><c>PHYSICAL</c> or <c>DIGITAL</c>.</param>
/// <param name="Quantity">How many.</param>
/// <param name="UnitPriceCents">EUR cents each, when ordered.</param>
/// <param name="OrderedAt">When the order was placed.</param>
/// <param name="OrderStatus">The order's status (wire name).</param>
public sealed record CustomerItem(
    Guid OrderId,
    int LineNumber,
    string Sku,
    string Name,
    string Kind,
    int Quantity,
    long UnitPriceCents,
    DateTime OrderedAt,
    string OrderStatus
);

/// <summary>A place in the list of a customer's items.</summary>
public readonly record struct ItemCursor(Guid OrderId, int LineNumber);

/// <summary>What a customer bought, in sum. All figures are of what was bought.</summary>
/// <param name="CustomerId">Who.</param>
/// <param name="Name">Their name.</param>
/// <param name="Orders">How many orders.</param>
/// <param name="Items">How many pieces in them.</param>
/// <param name="TotalSpentCents">EUR cents, after discounts.</param>
/// <param name="LastOrderAt">When the newest of them was placed; null when there is none.</param>
public sealed record CustomerSummary(Guid CustomerId, string Name, long Orders, long Items, long TotalSpentCents, DateTime? LastOrderAt);

/// <summary>
/// What customers bought. An order counts as bought while it is paid and not given back: FULFILLMENT and COMPLETED.
/// </summary>
public sealed class CustomerReader(NpgsqlDataSource source)
{
    /// <summary>All items that the customer bought, newest order first; null for an unknown customer.</summary>
    public async Task<Page<CustomerItem, ItemCursor>?> ListItemsAsync(
        Guid customerId,
        ItemCursor? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"select exists (select from orders.customers where customer_id = @customerId); {ItemsSql(cursor is not null)}",
                new
                {
                    customerId,
                    cursorOrderId = cursor?.OrderId,
                    cursorLineNumber = cursor?.LineNumber,
                    count = limit + 1,
                },
                cancellationToken: cancellationToken
            )
        );
        if (!await results.ReadSingleAsync<bool>())
        {
            return null;
        }

        return Page<CustomerItem, ItemCursor>.From((await results.ReadAsync<CustomerItem>()).AsList(), limit, item => new ItemCursor(
            item.OrderId,
            item.LineNumber
        ));
    }

    // Lines never change after the order was accepted, so only the order's status is asked of the read model.
    internal static string ItemsSql(bool continued) =>
        $"""
            select v.order_id, l.line_number, l.sku, l.name, l.kind, l.quantity, l.unit_price_cents, v.placed_at as ordered_at, v.status as order_status
            from orders.order_view v
            join orders.order_lines l using (order_id)
            where v.customer_id = @customerId and v.status in ('FULFILLMENT', 'COMPLETED')
                {(
                continued ? "and v.order_id <= @cursorOrderId and (v.order_id < @cursorOrderId or l.line_number > @cursorLineNumber)" : ""
            )}
            order by v.order_id desc, l.line_number
            limit @count
            """;

    /// <summary>A summary of each customer, by customer id; those who bought nothing have zeros.</summary>
    public async Task<Page<CustomerSummary, Guid>> ListSummariesAsync(Guid? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<CustomerSummary>(
            new CommandDefinition(SummariesSql(cursor is not null), new { cursor, count = limit + 1 }, cancellationToken: cancellationToken)
        );
        return Page<CustomerSummary, Guid>.From(rows.AsList(), limit, summary => summary.CustomerId);
    }

    internal static string SummariesSql(bool continued) =>
        $"""
            select c.customer_id, c.name, s.orders, s.items, s.total_spent_cents, s.last_order_at
            from (
                select customer_id, name
                from orders.customers
                {(continued ? "where customer_id > @cursor" : "")}
                order by customer_id
                limit @count
            ) c
            cross join lateral (
                select count(*) as orders, coalesce(sum(v.item_count), 0)::bigint as items,
                    coalesce(sum(v.total_cents - v.discount_cents), 0)::bigint as total_spent_cents, max(v.placed_at) as last_order_at
                from orders.order_view v
                where v.customer_id = c.customer_id and v.status in ('FULFILLMENT', 'COMPLETED')
            ) s
            order by c.customer_id
            """;
}
