using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Orders;

/// <summary>What became of an order that a relay took to start it.</summary>
/// <param name="OrderId">Which order.</param>
/// <param name="Attempt">Which attempt of it.</param>
/// <param name="Error">Why its workflow is not started; null when it is.</param>
/// <param name="Pause">When it is not: how long until it is due again.</param>
public sealed record StartOutcome(Guid OrderId, int Attempt, string? Error, TimeSpan Pause);

/// <summary>An order whose workflow is to be started now.</summary>
/// <param name="OrderId">Which order.</param>
/// <param name="Attempt">Which attempt of it.</param>
/// <param name="CustomerId">The customer who placed it.</param>
/// <param name="TotalCents">Before any discount.</param>
/// <param name="VoucherCode">A voucher to redeem, if any.</param>
/// <param name="Tries">How often starting it has failed.</param>
public sealed record TakenStart(Guid OrderId, int Attempt, Guid CustomerId, long TotalCents, string? VoucherCode, int Tries);

/// <summary>What a relay took.</summary>
/// <param name="Starts">In the order of acceptance.</param>
/// <param name="Room">How many the <see cref="StartWindow"/> had room for.</param>
public sealed record TakenStarts(IReadOnlyList<TakenStart> Starts, int Room);

/// <summary>
/// The accepted orders whose workflows are to be started. A relay takes some under a lease, which frees them when the relay dies, and says
/// with the next taking what became of them. Any number of relays may do so at once.
/// </summary>
public sealed class OrderStarts(NpgsqlDataSource source)
{
    private const long LockKey = 0x54445F73747274; // "TD_strt"

    // Longer than a relay tries to start an order and then needs to say so.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Stores what became of orders taken before, and takes up to <paramref name="limit"/> that are due, the longest accepted first, as
    /// far as the <see cref="StartWindow"/> has room. One transaction, and none that writes when there is nothing to do.
    /// </summary>
    public async Task<TakenStarts> TakeAsync(IReadOnlyList<StartOutcome> outcomes, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);

        // Sent together, the statements are one transaction. The lock lets relays take one after the other: each counts what another took.
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"select pg_advisory_xact_lock(@LockKey); {(outcomes.Count == 0 ? "" : $"{SettleSql};")} {TakeSql}",
                new
                {
                    LockKey,
                    OrderIds = outcomes.Select(outcome => outcome.OrderId).ToArray(),
                    Attempts = outcomes.Select(outcome => outcome.Attempt).ToArray(),
                    Errors = outcomes.Select(outcome => outcome.Error).ToArray(),
                    Pauses = outcomes.Select(outcome => outcome.Pause).ToArray(),
                    limit,
                    Lease,
                },
                cancellationToken: cancellationToken
            )
        );
        await results.ReadAsync();
        var rows = (await results.ReadAsync<Row>()).AsList();
        return new([.. rows.Where(row => row.OrderId is not null).Select(row => row.ToStart())], rows[0].Room);
    }

    // A row that somebody has locked is leaving the window at this moment, which says that it is started.
    private const string SettleSql = """
        with settled as (
            select s.order_id, o.error, o.pause
            from unnest(@OrderIds, @Attempts, @Errors, @Pauses) as o (order_id, attempt, error, pause)
            join orders.starts s using (order_id, attempt)
            where s.started_at is null
            for update of s skip locked
        )
        update orders.starts s
        set started_at = case when settled.error is null then now() end,
            taken_at = case when settled.error is null then s.taken_at end,
            tries = s.tries + case when settled.error is null then 0 else 1 end,
            next_try_at = now() + settled.pause,
            last_error = settled.error
        from settled
        where s.order_id = settled.order_id
        """;

    // Rows that have left are forgotten when others are taken: by then they have counted for the room, and the transaction writes anyway.
    internal const string TakeSql = $"""
        with room as materialized ({StartWindow.Room} as room),
        due as materialized (
            select order_id
            from orders.starts
            where started_at is null and waiting_at is null and next_try_at <= now()
            order by accepted_at, order_id
            limit (select least(@limit, room) from room)
            for update skip locked
        ), taken as (
            update orders.starts s
            set taken_at = now(), next_try_at = now() + @Lease
            where s.order_id = any(array(select order_id from due))
            returning s.order_id, s.attempt, s.accepted_at, s.tries
        ), gone as (
            (select order_id from orders.starts where waiting_at < now() - interval '5 seconds' order by waiting_at limit 500)
            union all
            (select order_id from orders.starts
            where waiting_at is null and taken_at < now() - interval '1 day' and started_at is not null order by taken_at limit 500)
        ), forgotten as (
            delete from orders.starts s
            where s.order_id = any(array(select order_id from gone)) and exists (select from due)
                and (s.waiting_at < now() - interval '5 seconds' or s.started_at < now() - interval '1 day')
        )
        select room.room::integer as room, t.order_id, t.attempt, o.customer_id, o.total_cents, o.voucher_code, t.tries
        from room
        left join taken t on true
        left join orders.orders o on o.order_id = t.order_id
        order by t.accepted_at, t.order_id
        """;

    private sealed record Row(int Room, Guid? OrderId, int? Attempt, Guid? CustomerId, long? TotalCents, string? VoucherCode, int? Tries)
    {
        public TakenStart ToStart() => new(OrderId!.Value, Attempt!.Value, CustomerId!.Value, TotalCents!.Value, VoucherCode, Tries!.Value);
    }
}
