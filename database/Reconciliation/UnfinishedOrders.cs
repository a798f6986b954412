using Dapper;
using Npgsql;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Database.Reconciliation;

/// <summary>An order that is not over, and that its workflow has to go on with.</summary>
/// <param name="OrderId">Which order.</param>
/// <param name="Attempt">Its attempt.</param>
/// <param name="Status">Where it stands, by wire name.</param>
/// <param name="Version">Of its row.</param>
/// <param name="Delivery">Its last delivery order, when nothing has happened to that for a while.</param>
public sealed record UnfinishedOrder(Guid OrderId, int Attempt, string Status, int Version, UnfinishedDelivery? Delivery);

/// <summary>The last delivery order of an unfinished order.</summary>
/// <param name="DeliveryOrderId">Which.</param>
/// <param name="IsActive">It is not over.</param>
/// <param name="End">What its workflow would answer by its row.</param>
public sealed record UnfinishedDelivery(Guid DeliveryOrderId, bool IsActive, DeliveryView End);

/// <summary>An unfinished order that no run goes on with.</summary>
/// <param name="Order">The order.</param>
/// <param name="Run">Its last run; null when there is none any more.</param>
/// <param name="Detail">What became of that, for people.</param>
public sealed record LostStory(UnfinishedOrder Order, string? Run, string Detail);

/// <summary>What the tables say about orders that workflows have to go on with, and the tasks about those that none does.</summary>
public sealed class UnfinishedOrders(NpgsqlDataSource source)
{
    /// <summary>Those after an order, by their ids.</summary>
    /// <param name="after">The order; null for the first.</param>
    /// <param name="quiet">Nothing has happened to them for so long.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<IReadOnlyList<UnfinishedOrder>> ListAsync(Guid? after, TimeSpan quiet, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(
            new CommandDefinition(
                ListSql,
                new
                {
                    after = after ?? Guid.Empty,
                    quiet,
                    limit,
                },
                cancellationToken: cancellationToken
            )
        );
        return [.. rows.Select(row => row.ToOrder())];
    }

    /// <summary>
    /// Opens tasks about those that are still unfinished and have not moved since, and closes those about orders that are over, or that a
    /// run goes on with.
    /// </summary>
    public async Task SettleAsync(IReadOnlyCollection<LostStory> lost, IReadOnlyCollection<Guid> found, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lost);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                $"""
                with opening as (
                    select l.task_id, 'order-' || o.order_id || '/' || o.attempt || '/story' as task_key,
                        coalesce(l.run, 'none after ' || (
                            select count(*) from orders.operator_tasks k where k.order_id = o.order_id and k.closed_at is not null))
                            || '/' || o.version as occasion, @Kind as kind, o.order_id, null::uuid as delivery_order_id,
                        l.run as workflow_run, l.detail
                    from unnest(@TaskIds, @OrderIds, @Versions, @Runs, @Details) as l (task_id, order_id, version, run, detail)
                    join orders.orders o on o.order_id = l.order_id and o.version = l.version
                )
                {OperatorTaskSql.Open("opening")};

                {OperatorTaskSql.Close(
                    "'system'",
                    "'it goes on, or is over'",
                    """
                    t.kind = @Kind and t.order_id = o.order_id
                        and (o.status in ('COMPLETED', 'FAILED', 'CANCELLED') or o.order_id = any(@Found))
                    """,
                    from: "orders.orders o"
                )}
                """,
                new
                {
                    Kind = OperatorTaskKind.StoryLost.WireName(),
                    TaskIds = lost.Select(_ => Guid.CreateVersion7()).ToArray(),
                    OrderIds = lost.Select(story => story.Order.OrderId).ToArray(),
                    Versions = lost.Select(story => story.Order.Version).ToArray(),
                    Runs = lost.Select(story => story.Run).ToArray(),
                    Details = lost.Select(story => story.Detail).ToArray(),
                    Found = found.ToArray(),
                },
                cancellationToken: cancellationToken
            )
        );
    }

    // The read model's index finds them; the row decides.
    internal const string ListSql = """
        select o.order_id, o.customer_id, o.attempt, o.status, o.version, d.delivery_order_id, d.attempt as delivery_attempt, d.state, d.active,
            d.reason, d.note, d.partner_delivery_number, last.actor as last_actor, coalesce(last.note, last.reason) as last_reason
        from orders.order_view v
        join orders.orders o using (order_id)
        left join lateral (
            select d.*
            from deliveries.delivery_orders d
            where d.order_id = o.order_id and d.order_attempt = o.attempt
            order by d.attempt desc
            limit 1
        ) d on d.updated_at < now() - @quiet and not o.undoing
            and not exists (
                select from orders.operator_tasks t
                where t.order_id = o.order_id and t.closed_at is null and t.kind in ('STEP_OVERDUE', 'STEP_FAILED'))
        left join lateral (
            select a.actor, a.note, a.reason
            from deliveries.delivery_audit a
            where a.delivery_order_id = d.delivery_order_id and a.from_state is distinct from a.to_state
            order by a.audit_id desc
            limit 1
        ) last on true
        where v.status in ('PENDING', 'VALIDATING', 'INVENTORY_CHECK', 'PAYMENT_PROCESSING', 'FULFILLMENT') and v.order_id > @after
            and o.status not in ('COMPLETED', 'FAILED', 'CANCELLED') and o.updated_at < now() - @quiet
            and not exists (select from orders.starts s where s.order_id = o.order_id and s.started_at is null)
        order by v.order_id
        limit @limit
        """;

    private sealed record Row(
        Guid OrderId,
        Guid CustomerId,
        int Attempt,
        string Status,
        int Version,
        Guid? DeliveryOrderId,
        int? DeliveryAttempt,
        string? State,
        bool? Active,
        string? Reason,
        string? Note,
        string? PartnerDeliveryNumber,
        string? LastActor,
        string? LastReason
    )
    {
        public UnfinishedOrder ToOrder() => new(OrderId, Attempt, Status, Version, DeliveryOrderId is { } id ? ToDelivery(id) : null);

        private UnfinishedDelivery ToDelivery(Guid id) =>
            new(
                id,
                Active!.Value,
                new DeliveryView(
                    id,
                    OrderId,
                    DeliveryAttempt!.Value,
                    WireNames.Parse<DeliveryState>(State!),
                    Reason is null ? null : new DeliveryFailure(WireNames.Parse<DeliveryFailureReason>(Reason), Note),
                    PartnerDeliveryNumber,
                    Workflows.Actor.Parse(LastActor!),
                    LastReason,
                    WaitingEvents: 0
                )
            );
    }
}
