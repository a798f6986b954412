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
        var mine = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                "select pg_try_advisory_xact_lock(@LockKey)",
                new { LockKey },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (!mine)
        {
            return null;
        }

        var marks = (
            await connection.QueryAsync<Mark>(
                new CommandDefinition(
                    """
                    delete from orders.projection_marks
                    where mark_id in (select mark_id from orders.projection_marks order by mark_id limit @limit)
                    returning order_id, delivery_order_id
                    """,
                    new { limit },
                    transaction,
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();
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
                    OrderIds = marks.Select(mark => mark.OrderId).Distinct().Order().ToArray(),
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

    private sealed record Mark(Guid OrderId, Guid? DeliveryOrderId);
}
