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

        // Ids in order: two transactions that write the same view rows never wait for each other in a circle.
        await connection.ExecuteAsync(
            new CommandDefinition(
                $"""
                with changed as ({OrderViewSql.Project} returning order_id)
                select pg_notify(@OrderViewChanged, order_id::text) from changed;

                with changed as ({OrderViewSql.ProjectDeliveries} returning delivery_order_id)
                select pg_notify(@DeliveryViewChanged, delivery_order_id::text) from changed
                """,
                new
                {
                    OrderIds = marks.Select(mark => mark.OrderId!.Value).Distinct().Order().ToArray(),
                    DeliveryOrderIds = marks.Select(mark => mark.DeliveryOrderId).OfType<Guid>().Distinct().Order().ToArray(),
                    Channels.OrderViewChanged,
                    Channels.DeliveryViewChanged,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await transaction.CommitAsync(cancellationToken);
        return marks.Count;
    }

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

    private sealed record Taken(bool IsMine, Guid? OrderId, Guid? DeliveryOrderId);
}
