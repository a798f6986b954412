using Dapper;
using Npgsql;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using Temporalio.Activities;

namespace TemporalDelivery.Database.Deliveries;

/// <summary>Delivery orders and their changes of state.</summary>
public sealed class DeliveryStore(NpgsqlDataSource source, WakeSignals wake) : IDeliveryActivities
{
    /// <inheritdoc/>
    [Activity]
    public async Task<DeliveryOrderCreated> CreateDeliveryOrderAsync(NewDeliveryOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        var cancellationToken = ActivityCancellation.Token;
        var values = new
        {
            DeliveryOrderId = Guid.CreateVersion7(),
            order.OrderId,
            order.OrderAttempt,
            order.Attempt,
            order.CustomerId,
            order.GraphVersion,
            Address = Json.Write(order.Address),
            order.Supersedes,
            State = DeliveryGraph.OfVersion(order.GraphVersion).Initial.WireName(),
            Actor = Actor.System.ToString(),
        };
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var id = await connection.ExecuteScalarAsync<Guid>(
            new CommandDefinition(
                """
                update deliveries.delivery_orders
                set active = false, updated_at = now(), version = version + 1
                where delivery_order_id = @Supersedes and order_id = @OrderId and active;

                with created as (
                    insert into deliveries.delivery_orders
                        (delivery_order_id, order_id, customer_id, payment_id, order_attempt, attempt, state, graph_version, address, supersedes)
                    select @DeliveryOrderId, @OrderId, @CustomerId,
                        (select payment_id from orders.payments where order_id = @OrderId and attempt = @OrderAttempt),
                        @OrderAttempt, @Attempt, @State, @GraphVersion, @Address::jsonb, @Supersedes
                    on conflict (order_id, order_attempt, attempt) do nothing
                    returning delivery_order_id
                )
                insert into deliveries.delivery_audit (delivery_order_id, from_state, to_state, event, actor, sequence)
                select delivery_order_id, null, @State, 'CREATED', @Actor, 0
                from created;

                select delivery_order_id
                from deliveries.delivery_orders
                where order_id = @OrderId and order_attempt = @OrderAttempt and attempt = @Attempt
                """,
                values,
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await transaction.CommitAsync(cancellationToken);
        wake.Signal(Channels.Audited);
        return new DeliveryOrderCreated(id);
    }

    /// <inheritdoc/>
    /// <exception cref="UnexpectedStateException">The delivery order is not in the state that the change leaves, or does not
    /// exist.</exception>
    [Activity]
    public async Task RecordDeliveryTransitionAsync(DeliveryTransition transition)
    {
        ArgumentNullException.ThrowIfNull(transition);
        var cancellationToken = ActivityCancellation.Token;
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var terminal = DeliveryGraph
            .OfVersion(await GraphVersionAsync(connection, transition.DeliveryOrderId, cancellationToken))
            .IsTerminal(transition.To);
        var recorded = await connection.ExecuteAsync(
            new CommandDefinition(
                """
                with moved as (
                    update deliveries.delivery_orders
                    set state = @To, active = active and not @Terminal, reason = coalesce(@FailureReason, reason), note = coalesce(@FailureNote, note),
                        partner_delivery_number = coalesce(@PartnerDeliveryNumber, partner_delivery_number),
                        updated_at = now(), version = version + 1
                    where delivery_order_id = @DeliveryOrderId and state = @From
                        and not exists (
                            select from deliveries.delivery_audit
                            where delivery_order_id = @DeliveryOrderId and workflow_run = @WorkflowRunId and sequence = @Sequence)
                    returning delivery_order_id
                )
                insert into deliveries.delivery_audit
                    (delivery_order_id, from_state, to_state, event, reason, note, partner_event_id, actor, workflow_run, sequence)
                select delivery_order_id, @From, @To, @Event, coalesce(@FailureReason, @Reason), coalesce(@FailureNote, @Note),
                    @PartnerEventId, @Actor, @WorkflowRunId, @Sequence
                from moved
                """,
                new
                {
                    transition.DeliveryOrderId,
                    From = transition.From.WireName(),
                    To = transition.To.WireName(),
                    Terminal = terminal,
                    transition.Event,
                    FailureReason = transition.Failure?.Reason.WireName(),
                    FailureNote = transition.Failure?.Note,
                    transition.Reason,
                    Note = transition.Failure is null ? null : transition.Reason,
                    transition.PartnerDeliveryNumber,
                    transition.PartnerEventId,
                    Actor = transition.Actor.ToString(),
                    transition.WorkflowRunId,
                    transition.Sequence,
                },
                cancellationToken: cancellationToken
            )
        );
        if (recorded == 0)
        {
            await RequireRecordedAsync(connection, transition, cancellationToken);
        }

        wake.Signal(Channels.Audited);
    }

    /// <inheritdoc/>
    [Activity]
    public async Task RecordStaleEventAsync(StalePartnerEvent stale)
    {
        ArgumentNullException.ThrowIfNull(stale);
        var cancellationToken = ActivityCancellation.Token;
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                insert into deliveries.delivery_audit (delivery_order_id, from_state, to_state, event, reason, note, partner_event_id, actor)
                values (@DeliveryOrderId, @State, @State, @Type, @Reason, @Note, @EventId, @Actor)
                on conflict (delivery_order_id, partner_event_id) where from_state = to_state do nothing
                """,
                new
                {
                    stale.DeliveryOrderId,
                    State = stale.State.WireName(),
                    stale.Event.Type,
                    stale.Event.Reason,
                    stale.Event.Note,
                    stale.Event.EventId,
                    Actor = Actor.Partner.ToString(),
                },
                cancellationToken: cancellationToken
            )
        );
        wake.Signal(Channels.Audited);
    }

    private static async Task<int> GraphVersionAsync(
        NpgsqlConnection connection,
        Guid deliveryOrderId,
        CancellationToken cancellationToken
    ) =>
        await connection.ExecuteScalarAsync<int?>(
            new CommandDefinition(
                "select graph_version from deliveries.delivery_orders where delivery_order_id = @deliveryOrderId",
                new { deliveryOrderId },
                cancellationToken: cancellationToken
            )
        ) ?? throw new UnexpectedStateException($"There is no delivery order {deliveryOrderId}.");

    // A statement of its own: it sees what a repetition that ran beside this one has committed meanwhile.
    private static async Task RequireRecordedAsync(
        NpgsqlConnection connection,
        DeliveryTransition transition,
        CancellationToken cancellationToken
    )
    {
        var found = await connection.QuerySingleAsync<Found>(
            new CommandDefinition(
                """
                select d.state, exists (
                    select from deliveries.delivery_audit a
                    where a.delivery_order_id = d.delivery_order_id and a.workflow_run = @WorkflowRunId and a.sequence = @Sequence) as recorded
                from deliveries.delivery_orders d
                where d.delivery_order_id = @DeliveryOrderId
                """,
                new
                {
                    transition.DeliveryOrderId,
                    transition.WorkflowRunId,
                    transition.Sequence,
                },
                cancellationToken: cancellationToken
            )
        );
        if (!found.Recorded)
        {
            throw new UnexpectedStateException(
                $"Delivery order {transition.DeliveryOrderId} is {found.State}: {transition.Event} would take it "
                    + $"from {transition.From.WireName()} to {transition.To.WireName()}."
            );
        }
    }

    private sealed record Found(string State, bool Recorded);
}
