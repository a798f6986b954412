using Dapper;
using Npgsql;

namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>What only the database shows of an order: what it took of the stock, what it granted, which mails were written.</summary>
internal sealed class Store(NpgsqlDataSource database)
{
    /// <summary>What was held of the stock, and what became of it.</summary>
    public Task<IReadOnlyList<string>> StockAsync(Guid order, CancellationToken cancellationToken) =>
        ListAsync(
            """
            select r.state || ' ' || string_agg(i.sku || ' ' || i.quantity, ' + ' order by i.sku)
            from orders.reservations r, unnest(r.skus, r.quantities) as i (sku, quantity)
            where r.order_id = @order
            group by r.attempt, r.parcel, r.state
            order by r.attempt, r.parcel
            """,
            order,
            cancellationToken
        );

    /// <summary>What the customer may use, and what they might.</summary>
    public Task<IReadOnlyList<string>> GrantsAsync(Guid order, CancellationToken cancellationToken) =>
        ListAsync(
            """
            select sku || ' ' || quantity || case when revoked_at is null then '' else ' revoked' end
            from orders.digital_grants
            where order_id = @order
            order by attempt, sku
            """,
            order,
            cancellationToken
        );

    /// <summary>The names of the files that the mails of an order are written to.</summary>
    public Task<IReadOnlyList<string>> MailFilesAsync(Guid order, CancellationToken cancellationToken) =>
        ListAsync("select event_id || '.eml' from messages.mails where order_id = @order and state = 'SENT'", order, cancellationToken);

    private async Task<IReadOnlyList<string>> ListAsync(string sql, Guid order, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return [.. await connection.QueryAsync<string>(new CommandDefinition(sql, new { order }, cancellationToken: cancellationToken))];
    }
}
