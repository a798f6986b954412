using Dapper;
using Npgsql;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Database.Orders;

/// <summary>What a relay did with an order that it took.</summary>
public enum StartVerdict
{
    /// <summary>The attempt's workflow is started.</summary>
    Started,

    /// <summary>This order cannot be started; others can.</summary>
    Refused,

    /// <summary>The relay did not come to start it, through no fault of the order.</summary>
    GivenBack,
}

/// <summary>What became of an order that a relay took to start it.</summary>
/// <param name="OrderId">Which order.</param>
/// <param name="Attempt">Which attempt of it.</param>
/// <param name="Verdict">Whether its workflow is started.</param>
/// <param name="Reason">Why it is not.</param>
/// <param name="Pause">When it is not: how long until it is due again.</param>
public sealed record StartOutcome(Guid OrderId, int Attempt, StartVerdict Verdict, string? Reason = null, TimeSpan Pause = default);

/// <summary>An order whose workflow is to be started now.</summary>
/// <param name="OrderId">Which order.</param>
/// <param name="Attempt">Which attempt of it.</param>
/// <param name="CustomerId">The customer who placed it.</param>
/// <param name="TotalCents">Before any discount.</param>
/// <param name="VoucherCode">A voucher to redeem, if any.</param>
/// <param name="Tries">How often starting it has failed.</param>
/// <param name="Lines">How many lines it has.</param>
/// <param name="IsResumed">The attempt has begun before, and its run is gone.</param>
public sealed record TakenStart(
    Guid OrderId,
    int Attempt,
    Guid CustomerId,
    long TotalCents,
    string? VoucherCode,
    int Tries,
    int Lines,
    bool IsResumed = false
);

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
    /// <summary>Of the advisory lock under which relays take one after the other.</summary>
    public const long LockKey = 0x54445F73747274; // "TD_strt"

    /// <summary>How long a relay may try to start an order that it took, whatever that needs.</summary>
    public static readonly TimeSpan TryTime = TimeSpan.FromSeconds(20);

    /// <summary>So often refused, an order is an operator's: the relay's pauses add up to about a minute by then.</summary>
    internal const int TriesBeforeTask = 10;

    private static readonly TimeSpan ToSaySo = TimeSpan.FromSeconds(10);

    // Nobody else takes an order while its relay is still trying or about to say what came of it.
    private static readonly TimeSpan Lease = TryTime + ToSaySo;

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
                $"select pg_advisory_xact_lock(@LockKey); {(outcomes.Count == 0 ? "" : $"{SettleSql}; {CloseTasksSql};")} {TakeSql}",
                new
                {
                    LockKey,
                    OrderIds = outcomes.Select(outcome => outcome.OrderId).ToArray(),
                    Attempts = outcomes.Select(outcome => outcome.Attempt).ToArray(),
                    Verdicts = outcomes.Select(outcome => outcome.Verdict.ToString()).ToArray(),
                    Reasons = outcomes.Select(outcome => outcome.Reason).ToArray(),
                    Pauses = outcomes.Select(outcome => outcome.Pause).ToArray(),
                    TaskIds = outcomes.Select(_ => Guid.CreateVersion7()).ToArray(),
                    TaskKind = OperatorTaskKind.OrderNotStarted.WireName(),
                    TriesBeforeTask,
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

    private const string TaskKeySql = "'order-' || order_id || '/start/' || attempt";

    // A row that somebody has locked is leaving the window at this moment, which says that it is started.
    private static readonly string SettleSql = $"""
        with found as (
            select s.order_id, o.verdict, o.reason, o.pause, o.task_id
            from unnest(@OrderIds, @Attempts, @Verdicts, @Reasons, @Pauses, @TaskIds) as o (order_id, attempt, verdict, reason, pause, task_id)
            join orders.starts s using (order_id, attempt)
            where s.started_at is null
            for update of s skip locked
        ), settled as (
            update orders.starts s
            set started_at = case when found.verdict = '{nameof(StartVerdict.Started)}' then now() end,
                taken_at = case when found.verdict = '{nameof(StartVerdict.Started)}' then s.taken_at end,
                tries = s.tries + case when found.verdict = '{nameof(StartVerdict.Refused)}' then 1 else 0 end,
                next_try_at = now() + found.pause,
                last_error = found.reason
            from found
            where s.order_id = found.order_id
            returning s.order_id, s.attempt, s.accepted_at, s.tries, found.verdict, found.reason, found.task_id
        ), unstarted as (
            select task_id, {TaskKeySql} as task_key, extract(epoch from accepted_at)::text as occasion, @TaskKind as kind, order_id,
                null::uuid as delivery_order_id, null as workflow_run, 'its workflow cannot be started: ' || reason as detail
            from settled
            where verdict = '{nameof(StartVerdict.Refused)}' and tries >= @TriesBeforeTask
        )
        {OperatorTaskSql.Open("unstarted")}
        """;

    private static readonly string CloseTasksSql = OperatorTaskSql.Close(
        "'system'",
        "'its workflow was started in the end'",
        $"""
        t.task_key = any(array(
            select {TaskKeySql}
            from unnest(@OrderIds, @Attempts, @Verdicts) as o (order_id, attempt, verdict)
            where verdict = '{nameof(StartVerdict.Started)}'))
        """
    );

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
            returning s.order_id, s.attempt, s.accepted_at, s.tries, s.resumed
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
        select room.room::integer as room, t.order_id, t.attempt, o.customer_id, o.total_cents, o.voucher_code, t.tries,
            (select count(*)::integer from orders.order_lines l where l.order_id = o.order_id) as lines, t.resumed
        from room
        left join taken t on true
        left join orders.orders o on o.order_id = t.order_id
        order by t.accepted_at, t.order_id
        """;

    /// <summary>
    /// The attempt of the order <c>@OrderId</c> goes on in a new run, which adopts what is done; nothing when the order is over.
    /// </summary>
    internal const string ResumeSql = """
        insert into orders.starts (order_id, attempt, resumed)
        select order_id, attempt, true
        from orders.orders
        where order_id = @OrderId and status not in ('COMPLETED', 'FAILED', 'CANCELLED')
        on conflict (order_id) do update
        set attempt = excluded.attempt, resumed = true, accepted_at = now(), tries = 0, next_try_at = now(), last_error = null,
            taken_at = null, started_at = null, waiting_at = null
        """;

    private sealed record Row(
        int Room,
        Guid? OrderId,
        int? Attempt,
        Guid? CustomerId,
        long? TotalCents,
        string? VoucherCode,
        int? Tries,
        int? Lines,
        bool? Resumed
    )
    {
        public TakenStart ToStart() =>
            new(
                OrderId!.Value,
                Attempt!.Value,
                CustomerId!.Value,
                TotalCents!.Value,
                VoucherCode,
                Tries!.Value,
                Lines!.Value,
                Resumed!.Value
            );
    }
}
