using Dapper;
using Npgsql;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Orders;

/// <summary>
/// The accepted orders whose workflow is not started yet. Several relays may read and mark at once: starting is idempotent by workflow id.
/// </summary>
public sealed class PendingStarts(NpgsqlDataSource source)
{
    /// <summary>Up to <paramref name="limit"/> orders, the longest waiting first.</summary>
    public async Task<IReadOnlyList<AcceptedOrder>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(ListSql, new { limit }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToOrder())];
    }

    internal const string ListSql = """
        select o.order_id, o.customer_id, p.attempt, o.delivery_address::text as delivery_address, o.payment_token, o.voucher_code,
            (select jsonb_agg(jsonb_build_object(
                'sku', l.sku, 'name', l.name, 'quantity', l.quantity, 'unitPriceCents', l.unit_price_cents, 'kind', l.kind)
                order by l.line_number)::text
             from orders.order_lines l where l.order_id = o.order_id) as lines
        from (select order_id, attempt, accepted_at from orders.pending_starts order by accepted_at, order_id limit @limit) p
        join orders.orders o using (order_id)
        order by p.accepted_at, p.order_id
        """;

    /// <summary>
    /// The workflows of these attempts are started (or were before): they are pending no more. A later attempt stays pending.
    /// </summary>
    public async Task MarkStartedAsync(IReadOnlyList<AcceptedOrder> orders, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(orders);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                delete from orders.pending_starts p
                using unnest(@OrderIds, @Attempts) as started (order_id, attempt)
                where p.order_id = started.order_id and p.attempt = started.attempt
                """,
                new
                {
                    OrderIds = orders.Select(order => order.OrderId).ToArray(),
                    Attempts = orders.Select(order => order.Attempt).ToArray(),
                },
                cancellationToken: cancellationToken
            )
        );
    }

    private sealed record Row(
        Guid OrderId,
        Guid CustomerId,
        int Attempt,
        string? DeliveryAddress,
        string PaymentToken,
        string? VoucherCode,
        string Lines
    )
    {
        public AcceptedOrder ToOrder() =>
            new(
                OrderId,
                CustomerId,
                Attempt,
                Json.Read<IReadOnlyList<OrderLine>>(Lines),
                DeliveryAddress is null ? null : Json.Read<Address>(DeliveryAddress),
                PaymentToken,
                VoucherCode
            );
    }
}
