using Dapper;
using Npgsql;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Activities;

namespace TemporalDelivery.Database.Deliveries;

/// <summary>What a delivery order asks the partner to carry.</summary>
/// <param name="DeliveryOrderId">The delivery order.</param>
/// <param name="OrderId">Its order.</param>
/// <param name="Attempt">Its attempt.</param>
/// <param name="Address">Where the partner brings it.</param>
/// <param name="Lines">The order's physical lines.</param>
public sealed record Parcel(Guid DeliveryOrderId, Guid OrderId, int Attempt, Address Address, IReadOnlyList<OrderLine> Lines);

/// <summary>Delivery orders and their changes of state.</summary>
public sealed class DeliveryStore(NpgsqlDataSource source, WakeSignals wake, LatePartnerEvents late) : IDeliveryActivities
{
    /// <inheritdoc/>
    [Activity]
    public async Task<DeliveryOrderCreated> CreateDeliveryOrderAsync(NewDeliveryOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        var cancellationToken = RunningActivity.Cancellation;
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var created = await connection.QuerySingleOrDefaultAsync<DeliveryOrderCreated>(
            new CommandDefinition(
                """
                with gate as materialized (
                    select order_id
                    from orders.orders
                    where order_id = @OrderId and attempt = @OrderAttempt and status = 'FULFILLMENT' and not undoing
                    for no key update
                ), created as (
                    insert into deliveries.delivery_orders
                        (delivery_order_id, order_id, customer_id, payment_id, order_attempt, attempt, state, graph_version, address, supersedes)
                    select @DeliveryOrderId, order_id, d.customer_id, d.payment_id, d.order_attempt, @Attempt, @State, @GraphVersion,
                        d.address, d.delivery_order_id
                    from gate join deliveries.delivery_orders d using (order_id)
                    where d.delivery_order_id = @Supersedes and d.order_attempt = @OrderAttempt and d.state = 'SUPERSEDED'
                    on conflict (order_id, order_attempt, attempt) do nothing
                    returning delivery_order_id
                )
                insert into deliveries.delivery_audit (delivery_order_id, from_state, to_state, event, actor, workflow_run)
                select delivery_order_id, null, @State, 'CREATED', 'system', @WorkflowRun
                from created;

                select delivery_order_id, graph_version
                from deliveries.delivery_orders
                where order_id = @OrderId and order_attempt = @OrderAttempt and attempt = @Attempt
                """,
                new
                {
                    DeliveryOrderId = Guid.CreateVersion7(),
                    order.OrderId,
                    order.OrderAttempt,
                    order.Attempt,
                    order.Supersedes,
                    GraphVersion = DeliveryGraph.CurrentVersion,
                    State = DeliveryGraph.OfVersion(DeliveryGraph.CurrentVersion).Initial.WireName(),
                    RunningActivity.WorkflowRun,
                },
                cancellationToken: cancellationToken
            )
        );
        wake.Signal(Channels.Audited);
        return created
            ?? throw new UnexpectedStateException(
                $"Delivery order {order.Supersedes} is not SUPERSEDED, or its order no longer in FULFILLMENT: none can take over from it."
            );
    }

    /// <inheritdoc/>
    /// <exception cref="UnexpectedStateException">There is no such delivery order, or its row and its audit contradict each
    /// other.</exception>
    [Activity]
    public async Task<DeliveryStanding> RecordDeliveryMovesAsync(DeliveryMoves moves)
    {
        ArgumentNullException.ThrowIfNull(moves);
        var cancellationToken = RunningActivity.Cancellation;
        var last = moves.Moves[^1];
        var isFirst = moves.Moves[0].From == DeliveryGraph.OfVersion(DeliveryGraph.CurrentVersion).Initial;
        var failure = moves.Moves.Select(move => move.Failure).LastOrDefault(found => found is not null);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"{DeliveryMovesSql.Record}; {(isFirst ? $"{LeaveSql};" : "")} {StandingSql}",
                new
                {
                    moves.DeliveryOrderId,
                    moves.OrderId,
                    From = moves.Moves[0].From.WireName(),
                    To = last.To.WireName(),
                    moves.IsOver,
                    FailureReason = failure?.Reason.WireName(),
                    FailureNote = failure?.Note,
                    moves.PartnerDeliveryNumber,
                    moves.WaitsUntil,
                    Froms = moves.Moves.Select(move => move.From.WireName()).ToArray(),
                    Tos = moves.Moves.Select(move => move.To.WireName()).ToArray(),
                    Events = moves.Moves.Select(move => move.Event).ToArray(),
                    Reasons = moves.Moves.Select(move => move.Failure?.Reason.WireName() ?? move.Reason).ToArray(),
                    Notes = moves.Moves.Select(move => move.Failure is null ? null : move.Failure.Note ?? move.Reason).ToArray(),
                    Actors = moves.Moves.Select(move => move.Actor.ToString()).ToArray(),
                    PartnerEventIds = moves.Moves.Select(move => move.PartnerEventId).ToArray(),
                    RunningActivity.WorkflowRun,
                    IsConfirmed = last.To == DeliveryState.DeliveryConfirmed,
                    ClosesKey = moves.Closes?.Key,
                    ClosedFor = moves.Closes?.Resolution,
                    ClosedBy = moves.Closes?.Actor.ToString(),
                    TaskId = Guid.CreateVersion7(),
                    OpensKey = moves.Opens?.Key,
                    Occasion = moves.Opens?.Occasion,
                    Kind = moves.Opens?.Kind.WireName(),
                    Detail = moves.Opens?.Detail,
                    StockNotCommitted = OperatorTaskKind.StockNotCommitted.WireName(),
                    Goods = moves.Goods?.WireName(),
                    GoodsTo = GoodsTo(last.To, moves.Goods),
                    IsRedelivered = last.To == DeliveryState.Superseded,
                },
                cancellationToken: cancellationToken
            )
        );
        var shortSkus = await results.ReadSingleAsync<string[]>();
        var row = await results.ReadSingleOrDefaultAsync<StandingRow>();
        if (row is null || (shortSkus.Length == 0 && !row.Made && row.State == moves.Moves[0].From.WireName()))
        {
            throw new UnexpectedStateException(
                $"Delivery order {moves.DeliveryOrderId} is {row?.State ?? "unknown"}: {moves.Moves[0].Event} cannot take it "
                    + $"from {moves.Moves[0].From.WireName()} to {last.To.WireName()}."
            );
        }

        wake.Signal(Channels.Audited);
        wake.Signal(Channels.OutboxFilled);
        return row.ToStanding() with { ShortSkus = shortSkus.Length > 0 ? shortSkus : null };
    }

    /// <summary>Where a delivery order stands that has moved; null while it stands where it began.</summary>
    /// <exception cref="UnexpectedStateException">There is no such delivery order.</exception>
    public async Task<DeliveryStanding?> FindMovedAsync(Guid deliveryOrderId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var none = Array.Empty<string>();
        var row = await connection.QuerySingleOrDefaultAsync<StandingRow>(
            new CommandDefinition(
                StandingSql,
                new
                {
                    DeliveryOrderId = deliveryOrderId,
                    Tos = none,
                    Events = none,
                    Actors = none,
                    PartnerEventIds = none,
                },
                cancellationToken: cancellationToken
            )
        ) ?? throw new UnexpectedStateException($"There is no delivery order {deliveryOrderId}.");
        var standing = row.ToStanding();
        return standing.State == DeliveryGraph.OfVersion(row.GraphVersion).Initial ? null : standing;
    }

    /// <inheritdoc/>
    [Activity]
    public Task RecordStaleEventsAsync(StalePartnerEvents stale) => late.RecordAsync(stale, RunningActivity.Cancellation);

    /// <inheritdoc/>
    [Activity]
    public async Task RemindCustomerAsync(CustomerReminder reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        var cancellationToken = RunningActivity.Cancellation;
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                with waiting as (
                    update deliveries.delivery_orders
                    set waits_until = @WaitsUntil, version = version + 1
                    where delivery_order_id = @DeliveryOrderId and state = @State
                    returning delivery_order_id, order_id, customer_id, attempt, state
                ), marked as (
                    insert into orders.projection_marks (order_id, delivery_order_id)
                    select order_id, delivery_order_id from waiting
                ), told as (
                    insert into messages.outbox (event_id, topic, aggregate_id, payload)
                    select @EventId, 'customer.reminder', w.delivery_order_id, jsonb_build_object(
                        'deliveryOrderId', w.delivery_order_id, 'orderId', w.order_id, 'customerId', w.customer_id, 'attempt', w.attempt,
                        'state', w.state, 'waitsUntil', orders.json_time(@WaitsUntil))
                    from waiting w
                    on conflict do nothing
                    returning aggregate_id
                )
                insert into deliveries.delivery_audit (delivery_order_id, from_state, to_state, event, actor, workflow_run)
                select w.delivery_order_id, w.state, w.state, 'CUSTOMER_REMINDED', 'system', @WorkflowRun
                from waiting w join told on told.aggregate_id = w.delivery_order_id
                """,
                new
                {
                    reminder.DeliveryOrderId,
                    State = reminder.State.WireName(),
                    reminder.WaitsUntil,
                    EventId = Guid.CreateVersion7(),
                    RunningActivity.WorkflowRun,
                },
                cancellationToken: cancellationToken
            )
        );
        wake.Signal(Channels.Audited);
        wake.Signal(Channels.OutboxFilled);
    }

    /// <summary>What the partner is to carry: nothing of a delivery that is given up before it leaves.</summary>
    /// <exception cref="UnexpectedStateException">There is no such delivery order.</exception>
    public async Task<Parcel?> FindParcelAsync(Guid deliveryOrderId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<ParcelRow>(
            new CommandDefinition(
                $"""
                select d.delivery_order_id, d.order_id, d.attempt, d.address::text as address, {IsGivenUpSql} as is_given_up, (
                    select jsonb_agg(jsonb_build_object(
                        'sku', l.sku, 'name', l.name, 'quantity', l.quantity, 'unitPriceCents', l.unit_price_cents, 'kind', l.kind)
                        order by l.line_number)::text
                    from orders.order_lines l
                    where l.order_id = d.order_id and l.kind = 'PHYSICAL') as lines
                from deliveries.delivery_orders d
                join orders.orders o using (order_id)
                where d.delivery_order_id = @deliveryOrderId
                """,
                new { deliveryOrderId },
                cancellationToken: cancellationToken
            )
        ) ?? throw new UnexpectedStateException($"There is no delivery order {deliveryOrderId}.");
        return row.IsGivenUp
            ? null
            : new Parcel(
                row.DeliveryOrderId,
                row.OrderId,
                row.Attempt,
                Json.Read<Address>(row.Address),
                Json.Read<IReadOnlyList<OrderLine>>(row.Lines)
            );
    }

    /// <summary>The partner has answered the booking: from here on the order waits for the courier, or for an operator.</summary>
    /// <returns>Whether the delivery was given up before it left, or is being: then nothing of it is to be booked.</returns>
    public async Task<bool> MarkBookedAsync(Guid deliveryOrderId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                $"""
                {LeaveSql};

                select {IsGivenUpSql}
                from deliveries.delivery_orders d
                join orders.orders o using (order_id)
                where d.delivery_order_id = @deliveryOrderId
                """,
                new { deliveryOrderId },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>The partner has picked up what was given up before it left: an operator is told, once.</summary>
    public async Task TellPickedUpAsync(Guid deliveryOrderId, string? why, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                $"""
                with opening as (
                    select @TaskId as task_id, 'delivery-' || delivery_order_id || '/picked-up' as task_key, '' as occasion, @Kind as kind,
                        order_id, delivery_order_id, @WorkflowRun as workflow_run,
                        'the partner has the parcel of a delivery that was given up; its goods may be for sale again: ' || @why as detail
                    from deliveries.delivery_orders
                    where delivery_order_id = @deliveryOrderId
                )
                {OperatorTaskSql.Open("opening")}
                """,
                new
                {
                    deliveryOrderId,
                    TaskId = Guid.CreateVersion7(),
                    Kind = OperatorTaskKind.UndoFailed.WireName(),
                    RunningActivity.WorkflowRun,
                    why = why ?? "it does not say why",
                },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>What becomes of the parcel's goods in a state; null when they stay as they are.</summary>
    private static string? GoodsTo(DeliveryState state, GoodsOutcome? said) =>
        state switch
        {
            DeliveryState.PickedUp => "IN_TRANSIT",
            DeliveryState.DeliveryConfirmed => "COMMITTED",
            DeliveryState.Superseded => said?.WireName() ?? "RELEASED",
            DeliveryState.Cancelled => said?.WireName(),
            _ => null,
        };

    // As StartWindow.Leave, by the delivery order: one that has moved is no longer on the way to its first wait.
    private const string LeaveSql = """
        update orders.starts s
        set waiting_at = now()
        from deliveries.delivery_orders d
        where d.delivery_order_id = @DeliveryOrderId and s.order_id = d.order_id and s.attempt = d.order_attempt and s.waiting_at is null
        """;

    // Of a delivery order and its order: nothing of it is to be booked.
    private const string IsGivenUpSql = """
        (d.state = 'CREATED' and (o.undoing or o.attempt > d.order_attempt)
            or d.state in ('CANCELLED', 'SUPERSEDED') and not exists (
                select from deliveries.delivery_audit a where a.delivery_order_id = d.delivery_order_id and a.to_state = 'PICKED_UP'))
        """;

    private const string StandingSql = """
        select d.state, d.graph_version, d.reason, d.note, d.partner_delivery_number, audit.*
        from deliveries.delivery_orders d
        cross join lateral (
            select
                coalesce(bool_or(a.to_state = (@Tos)[1] and a.event = (@Events)[1] and a.actor = (@Actors)[1]
                    and a.partner_event_id is not distinct from (@PartnerEventIds)[1]), false) as made,
                bool_or(a.to_state = 'PICKED_UP') as picked_up,
                (array_agg(a.actor order by a.audit_id desc))[1] as last_actor,
                (array_agg(coalesce(a.note, a.reason) order by a.audit_id desc))[1] as last_reason
            from deliveries.delivery_audit a
            where a.delivery_order_id = d.delivery_order_id and a.from_state is distinct from a.to_state
        ) audit
        where d.delivery_order_id = @DeliveryOrderId
        """;

    private sealed record StandingRow(
        string State,
        int GraphVersion,
        string? Reason,
        string? Note,
        string? PartnerDeliveryNumber,
        bool Made,
        bool PickedUp,
        string LastActor,
        string? LastReason
    )
    {
        public DeliveryStanding ToStanding() =>
            new(
                Made,
                WireNames.Parse<DeliveryState>(State),
                PickedUp,
                Reason is { } reason ? new DeliveryFailure(WireNames.Parse<DeliveryFailureReason>(reason), Note) : null,
                PartnerDeliveryNumber,
                Actor.Parse(LastActor),
                LastReason
            );
    }

    private sealed record ParcelRow(Guid DeliveryOrderId, Guid OrderId, int Attempt, string Address, bool IsGivenUp, string Lines);
}
