using Dapper;
using Npgsql;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Database.Orders;

/// <summary>
/// The cancellations that were asked for. Each is stored before the order's workflow is asked, so that it is asked until it answers,
/// whatever is away by then. A PENDING order has nothing to undo: it is CANCELLED here.
/// </summary>
public sealed class Cancellations(NpgsqlDataSource source, Announcements announcements)
{
    /// <summary>Stores a cancellation, or finds the one that it repeats, or that another has asked for before.</summary>
    /// <param name="cancellation">What is asked.</param>
    /// <param name="lease">For how long the caller asks the workflow, before others do.</param>
    /// <param name="cancellationToken">Stops storing.</param>
    /// <exception cref="UnexpectedStateException">There is no such order.</exception>
    public async Task<CancellationStanding> RequestAsync(
        OrderCancellation cancellation,
        TimeSpan lease,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(cancellation);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);

        // Sent together, the statements are one transaction, and the second sees what was committed while the first waited for the lock.
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"select order_id from orders.orders where order_id = @OrderId for no key update; {RequestSql}",
                new
                {
                    cancellation.Id,
                    cancellation.OrderId,
                    Actor = cancellation.Actor.ToString(),
                    cancellation.Reason,
                    lease,
                },
                cancellationToken: cancellationToken
            )
        );
        await results.ReadAsync();
        var row = await results.ReadSingleOrDefaultAsync<Row>()
            ?? throw new UnexpectedStateException($"There is no order {cancellation.OrderId}.");
        announcements.Announce(Channels.Audited);
        return row switch
        {
            { CancellationId: null } => new CancellationStanding.Over(row.Status),
            { IsSettled: true, Refusal: { } refusal } => new CancellationStanding.Refused(refusal),
            { IsSettled: true } => new CancellationStanding.Granted(),
            _ => new CancellationStanding.Open(row.ToOpen()),
        };
    }

    /// <summary>
    /// Takes some that are due, under a lease. Those whose order is over are settled by that.
    /// </summary>
    public async Task<IReadOnlyList<OpenCancellation>> TakeDueAsync(int limit, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(
            new CommandDefinition(TakeSql, new { limit, lease }, cancellationToken: cancellationToken)
        );
        return [.. rows.Where(row => !row.IsSettled).Select(row => row.ToOpen())];
    }

    /// <summary>The workflow has granted it, or refused it for that reason.</summary>
    public async Task SettleAsync(string cancellationId, string? refusal, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                $"""
                with settled as (
                    update orders.cancellations
                    set settled_at = now(), refusal = @refusal
                    where cancellation_id = @cancellationId and settled_at is null
                    returning order_id, attempt
                ), opening as (
                    select @TaskId as task_id, 'order-' || order_id || '/' || attempt || '/undo' as task_key, @cancellationId as occasion,
                        @Kind as kind, order_id, null::uuid as delivery_order_id, null::text as workflow_run,
                        'it was to be undone, and goes on: ' || @refusal as detail
                    from settled
                    where @refusal is not null and @cancellationId like '{UndoPrefix}%'
                )
                {OperatorTaskSql.Open("opening")}
                """,
                new
                {
                    cancellationId,
                    refusal,
                    TaskId = Guid.CreateVersion7(),
                    Kind = OperatorTaskKind.CancelRefused.WireName(),
                },
                cancellationToken: cancellationToken
            )
        );
        announcements.Announce(Channels.Audited);
    }

    /// <summary>The workflow has not answered; it is to be asked again.</summary>
    public async Task PostponeAsync(string cancellationId, TimeSpan pause, string reason, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                update orders.cancellations
                set tries = tries + 1, next_try_at = now() + @pause, last_error = @reason
                where cancellation_id = @cancellationId and settled_at is null
                """,
                new
                {
                    cancellationId,
                    pause,
                    reason,
                },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>
    /// What the id of a cancellation begins with that resolves a task: nobody waits for its answer, so its refusal is another task.
    /// </summary>
    internal const string UndoPrefix = "undo ";

    /// <summary>An operator wants the order <c>@OrderId</c> undone; its workflow is to be asked.</summary>
    internal const string AskSql = """
        insert into orders.cancellations (cancellation_id, order_id, attempt, actor, reason, next_try_at)
        select @CancellationId, order_id, attempt, @Operator, @Text, now()
        from orders.orders
        where order_id = @OrderId and status not in ('COMPLETED', 'FAILED', 'CANCELLED')
        on conflict do nothing
        """;

    private const string RequestSql = """
        with placed as materialized (
            select order_id, attempt, status, undoing from orders.orders where order_id = @OrderId
        ), known as materialized (
            select c.cancellation_id, c.order_id, c.actor, c.reason, c.tries, c.settled_at, c.refusal
            from placed
            join orders.cancellations c on c.order_id = placed.order_id
            where c.cancellation_id = @Id or (c.attempt = placed.attempt and c.settled_at is null)
            order by c.cancellation_id <> @Id
            limit 1
        ), cancelled as (
            update orders.orders o
            set status = 'CANCELLED', reason = @Reason, updated_at = now(), version = o.version + 1
            from placed
            where o.order_id = placed.order_id and placed.status = 'PENDING' and not placed.undoing and not exists (select from known)
            returning o.order_id, o.attempt
        ), audited as (
            insert into orders.order_audit (order_id, attempt, from_status, to_status, event, reason, actor)
            select order_id, attempt, 'PENDING', 'CANCELLED', 'CANCELLED', @Reason, @Actor from cancelled
        ), unstarted as (
            delete from orders.starts s using cancelled where s.order_id = cancelled.order_id
        ), stored as (
            insert into orders.cancellations (cancellation_id, order_id, attempt, actor, reason, next_try_at, settled_at)
            select @Id, placed.order_id, placed.attempt, @Actor, @Reason, now() + @lease,
                case when exists (select from cancelled) then now() end
            from placed
            where placed.status not in ('COMPLETED', 'FAILED', 'CANCELLED') and not exists (select from known)
            returning cancellation_id, order_id, actor, reason, tries, settled_at, refusal
        )
        select placed.status, c.cancellation_id, placed.order_id, c.actor, c.reason, c.tries, c.settled_at is not null as is_settled,
            c.refusal
        from placed
        left join (select * from known union all select * from stored) c on true
        """;

    private const string TakeSql = """
        with due as (
            select cancellation_id
            from orders.cancellations
            where settled_at is null and next_try_at <= now()
            order by tries, next_try_at
            limit @limit
            for update skip locked
        )
        update orders.cancellations c
        set next_try_at = now() + @lease,
            settled_at = case when o.is_over then now() end,
            refusal = case when o.is_over and not o.is_cancelled then 'the order is ' || o.status end
        from due
        join orders.cancellations d using (cancellation_id)
        cross join lateral (
            select status, attempt > d.attempt or status in ('COMPLETED', 'FAILED', 'CANCELLED') as is_over,
                attempt = d.attempt and status = 'CANCELLED' as is_cancelled
            from orders.orders
            where order_id = d.order_id
        ) o
        where c.cancellation_id = due.cancellation_id
        returning o.status, c.cancellation_id, c.order_id, c.actor, c.reason, c.tries, c.settled_at is not null as is_settled, c.refusal
        """;

    private sealed record Row(
        string Status,
        string? CancellationId,
        Guid OrderId,
        string? Actor,
        string? Reason,
        int? Tries,
        bool IsSettled,
        string? Refusal
    )
    {
        public OpenCancellation ToOpen() =>
            new(new OrderCancellation(CancellationId!, OrderId, Workflows.Actor.Parse(Actor!), Reason!), Tries!.Value);
    }
}
