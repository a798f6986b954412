using Dapper;
using Npgsql;

namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>What is still to be told about orders that are over; no answer of the API shows that.</summary>
internal sealed class Backlog(NpgsqlDataSource database)
{
    private const long EarnsFrom = 10_001;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until all of these follow the events: what happened before a reader's first start it is never told.</summary>
    public async Task FollowedAsync(IReadOnlyList<string> readers, CancellationToken cancellationToken)
    {
        while (
            await QueryAsync(
                "select count(*) < @Count from messages.readers where reader = any (@Readers)",
                new { readers.Count, Readers = readers.ToArray() },
                cancellationToken
            )
        )
        {
            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Whether nothing is left to be told to anybody, and no voucher is due.</summary>
    public async Task<bool> IsEmptyAsync(IReadOnlyList<Guid> orders, CancellationToken cancellationToken) =>
        !await QueryAsync(
            """
            with events as (select * from messages.outbox where (payload ->> 'orderId')::uuid = any (@Orders))
            select exists (select from events e
                    where e.position is null or exists (select from messages.readers r where r.position < e.position))
                or exists (select from events e
                    where e.topic = 'order.completed' and (e.payload ->> 'totalCents')::bigint >= @EarnsFrom
                        and not exists (select from vouchers.vouchers v where v.order_id = e.aggregate_id and v.activated_at is not null))
                or exists (select from messages.mails m where m.order_id = any (@Orders) and m.state = 'WAITING')
                or exists (select from messages.webhook_deliveries d where d.order_id = any (@Orders) and d.state = 'WAITING')
                or exists (select from orders.projection_marks p where p.order_id = any (@Orders))
            """,
            new { Orders = orders.ToArray(), EarnsFrom },
            cancellationToken
        );

    private async Task<bool> QueryAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }
}
