using Dapper;
using Npgsql;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.ReadModel;

/// <summary>
/// Status reads: the read model only, never the tables that are written to; but for the answer to a change, which shows what it did.
/// </summary>
public sealed class StatusReader(NpgsqlDataSource source)
{
    /// <summary>The order, or null.</summary>
    public async Task<OrderDocument?> FindOrderAsync(Guid orderId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<OrderDocument>(
            new CommandDefinition(FindOrderSql, new { orderId }, cancellationToken: cancellationToken)
        );
    }

    /// <summary>The order as the tables stand, for the answer to a change of it.</summary>
    /// <exception cref="InvalidOperationException">There is no such order.</exception>
    public async Task<OrderDocument> ReadOrderAsync(Guid orderId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleAsync<OrderDocument>(
            new CommandDefinition(
                $"""
                select order_id, customer_id, status, 0::bigint as version, document::text as json
                from ({OrderViewSql.Orders}) o
                """,
                new { OrderIds = new[] { orderId } },
                cancellationToken: cancellationToken
            )
        );
    }

    internal const string FindOrderSql = """
        select order_id, customer_id, status, version, document::text as json
        from orders.order_view
        where order_id = @orderId
        """;

    /// <summary>Orders, newest first.</summary>
    /// <param name="customerId">Only this customer's.</param>
    /// <param name="status">Only those of this status (wire name).</param>
    /// <param name="cursor">Where the page before ended; null for the first.</param>
    /// <param name="limit">The most orders of a page.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<Page<OrderDocument, Guid>> ListOrdersAsync(
        Guid? customerId,
        string? status,
        Guid? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<OrderDocument>(
            new CommandDefinition(
                ListOrdersSql(customerId is not null, status is null ? null : WireNames.Parse<OrderStatus>(status), cursor is not null),
                new
                {
                    customerId,
                    cursor,
                    count = limit + 1,
                },
                cancellationToken: cancellationToken
            )
        );
        return Page<OrderDocument, Guid>.From(rows.AsList(), limit, order => order.OrderId);
    }

    // A condition stands in the text only when it is asked for, so that each form has its own index. A status stands there itself, because
    // one that is rare wants another plan than one that nearly all orders have.
    internal static string ListOrdersSql(bool byCustomer, OrderStatus? status, bool continued) =>
        $"""
            select order_id, customer_id, status, version, document::text as json
            from orders.order_view
            where true
                {(byCustomer ? "and customer_id = @customerId" : "")}
                {(status is { } only ? $"and status = '{only.WireName()}'" : "")}
                {(continued ? "and order_id < @cursor" : "")}
            order by order_id desc
            limit @count
            """;

    /// <summary>The delivery order, or null.</summary>
    public async Task<DeliveryDocument?> FindDeliveryAsync(Guid deliveryOrderId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<DeliveryDocument>(
            new CommandDefinition(FindDeliverySql, new { deliveryOrderId }, cancellationToken: cancellationToken)
        );
    }

    internal const string FindDeliverySql = """
        select delivery_order_id, order_id, customer_id, state, version, document::text as json
        from deliveries.delivery_view
        where delivery_order_id = @deliveryOrderId
        """;

    /// <summary>Delivery orders, oldest first.</summary>
    /// <param name="state">Only those of this state (wire name).</param>
    /// <param name="cursor">Where the page before ended; null for the first.</param>
    /// <param name="limit">The most delivery orders of a page.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<Page<DeliveryDocument, Guid>> ListDeliveriesAsync(
        string? state,
        Guid? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<DeliveryDocument>(
            new CommandDefinition(
                ListDeliveriesSql(state is null ? null : WireNames.Parse<DeliveryState>(state), cursor is not null),
                new { cursor, count = limit + 1 },
                cancellationToken: cancellationToken
            )
        );
        return Page<DeliveryDocument, Guid>.From(rows.AsList(), limit, delivery => delivery.DeliveryOrderId);
    }

    internal static string ListDeliveriesSql(DeliveryState? state, bool continued) =>
        $"""
            select delivery_order_id, order_id, customer_id, state, version, document::text as json
            from deliveries.delivery_view
            where true
                {(state is { } only ? $"and state = '{only.WireName()}'" : "")}
                {(continued ? "and delivery_order_id > @cursor" : "")}
            order by delivery_order_id
            limit @count
            """;
}
