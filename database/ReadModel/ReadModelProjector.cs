using Dapper;
using Npgsql;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Database.ReadModel;

/// <summary>
/// Follows the audit rows: takes their marks away and writes the rows of the read model that they concern, in one transaction, which
/// also tells the caches. At most one projector is at work at a time; any number may try.
/// </summary>
public sealed class ReadModelProjector(NpgsqlDataSource source)
{
    private const long LockKey = 0x54445F70726F6A; // "TD_proj"

    /// <summary>Projects up to <paramref name="limit"/> marks.</summary>
    /// <returns>How many marks were taken: fewer than the limit means that nothing is left; null means that another projector is at
    /// work.</returns>
    public async Task<int?> ProjectAsync(int limit, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Held to the commit: what is projected next is read after this one's changes are visible.
        var taken = (
            await connection.QueryAsync<Taken>(
                new CommandDefinition(TakeMarksSql, new { LockKey, limit }, transaction, cancellationToken: cancellationToken)
            )
        ).AsList();
        if (!taken[0].IsMine)
        {
            return null;
        }

        var marks = taken.Where(row => row.OrderId is not null).ToList();
        if (marks.Count == 0)
        {
            return 0;
        }

        await WriteAsync(
            connection,
            transaction,
            marks.Select(mark => mark.OrderId!.Value).Distinct(),
            marks.Select(mark => mark.DeliveryOrderId).OfType<Guid>().Distinct(),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return marks.Count;
    }

    /// <summary>
    /// Writes the rows of the next orders, and of their deliveries, anew where they do not show what the tables say, and removes rows of
    /// orders that do not exist. Whoever projects waits meanwhile.
    /// </summary>
    /// <param name="after">The order before the first; null to begin.</param>
    /// <param name="limit">How many orders.</param>
    /// <param name="cancellationToken">Stops it; nothing of these orders is written then.</param>
    public async Task<RebuiltPage> RebuildAsync(Guid? after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        var rows = await PageAsync(connection, transaction, after, limit, cancellationToken);
        var orders = rows.Select(row => row.OrderId).Distinct().ToList();
        Guid? last = orders.Count == limit ? orders[^1] : null;
        var deliveries = rows.Select(row => row.DeliveryOrderId).OfType<Guid>();
        var written = await WriteAsync(connection, transaction, orders, deliveries, cancellationToken);
        var ghosts = await connection.ExecuteAsync(
            new CommandDefinition(GhostsSql, new { after = after ?? Guid.Empty, last }, transaction, cancellationToken: cancellationToken)
        );
        await transaction.CommitAsync(cancellationToken);
        return new RebuiltPage(orders.Count, written + ghosts, last);
    }

    private static async Task<IReadOnlyList<PageRow>> PageAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        Guid? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        // The lock first: what comes after it sees what the projector before has committed.
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"select pg_advisory_xact_lock(@LockKey)::text; {PageSql}",
                new
                {
                    LockKey,
                    after = after ?? Guid.Empty,
                    limit,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await results.ReadAsync();
        return (await results.ReadAsync<PageRow>()).AsList();
    }

    // Ids in order: two transactions that write the same view rows never wait for each other in a circle.
    private static async Task<int> WriteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IEnumerable<Guid> orders,
        IEnumerable<Guid> deliveries,
        CancellationToken cancellationToken
    )
    {
        await using var changed = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                with changed as ({OrderViewSql.Project} returning order_id)
                select pg_notify(@OrderViewChanged, order_id::text)::text from changed;

                with changed as ({OrderViewSql.ProjectDeliveries} returning delivery_order_id)
                select pg_notify(@DeliveryViewChanged, delivery_order_id::text)::text from changed
                """,
                new
                {
                    OrderIds = orders.Order().ToArray(),
                    DeliveryOrderIds = deliveries.Order().ToArray(),
                    Channels.OrderViewChanged,
                    Channels.DeliveryViewChanged,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        return (await changed.ReadAsync<string>()).Count() + (await changed.ReadAsync<string>()).Count();
    }

    private const string PageSql = """
        select o.order_id, d.delivery_order_id
        from (select order_id from orders.orders where order_id > @after order by order_id limit @limit) o
        left join deliveries.delivery_orders d using (order_id)
        order by o.order_id
        """;

    private const string GhostsSql = """
        delete from deliveries.delivery_view v
        where v.delivery_order_id > @after and (@last::uuid is null or v.delivery_order_id <= @last)
            and not exists (select from deliveries.delivery_orders d where d.delivery_order_id = v.delivery_order_id);

        delete from orders.order_view v
        where v.order_id > @after and (@last::uuid is null or v.order_id <= @last)
            and not exists (select from orders.orders o where o.order_id = v.order_id)
        """;

    private const string TakeMarksSql = """
        with mine as materialized (select pg_try_advisory_xact_lock(@LockKey) as is_mine),
        taken as (
            delete from orders.projection_marks
            where (select is_mine from mine)
                and mark_id = any(array(select mark_id from orders.projection_marks order by mark_id limit @limit))
            returning order_id, delivery_order_id
        )
        select is_mine, order_id, delivery_order_id
        from mine left join taken on true
        """;

    private sealed record PageRow(Guid OrderId, Guid? DeliveryOrderId);

    private sealed record Taken(bool IsMine, Guid? OrderId, Guid? DeliveryOrderId);
}

/// <summary>What became of a page of orders.</summary>
/// <param name="Orders">How many there were.</param>
/// <param name="Written">How many rows were wrong.</param>
/// <param name="Last">The last order; null when there are no more.</param>
public sealed record RebuiltPage(int Orders, int Written, Guid? Last);
