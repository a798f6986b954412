using Dapper;
using Npgsql;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Database.Deliveries;

/// <summary>The partner's events about delivery orders that have ended: what no workflow hears any more.</summary>
public sealed class LatePartnerEvents(NpgsqlDataSource source, WakeSignals wake)
{
    /// <summary>
    /// Records the event in the delivery order's audit, once. A parcel that arrives although its delivery was given up, or another took
    /// over, becomes an operator's task: the customer has goods that are not paid for, or has them twice.
    /// </summary>
    public async Task RecordAsync(Guid deliveryOrderId, PartnerEvent late, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(late);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                with ended as (
                    select delivery_order_id, order_id, state
                    from deliveries.delivery_orders
                    where delivery_order_id = @deliveryOrderId and not active
                ), audited as (
                    insert into deliveries.delivery_audit
                        (delivery_order_id, from_state, to_state, event, reason, note, partner_event_id, actor)
                    select delivery_order_id, state, state, @Type, @Reason, @Note, @EventId, 'partner'
                    from ended
                    on conflict do nothing
                )
                insert into orders.operator_tasks (task_id, task_key, kind, order_id, delivery_order_id, detail)
                select @TaskId, 'delivery-' || delivery_order_id || '/arrived-late', @Kind, order_id, delivery_order_id,
                    'the partner says that the parcel was delivered, but its delivery is ' || state
                from ended
                where @Type = @Delivered and state <> @Confirmed
                on conflict (task_key) do nothing
                """,
                new
                {
                    deliveryOrderId,
                    late.Type,
                    late.Reason,
                    late.Note,
                    late.EventId,
                    TaskId = Guid.CreateVersion7(),
                    Kind = OperatorTaskKind.ParcelArrivedLate.WireName(),
                    DeliveryEvents.Delivered,
                    Confirmed = DeliveryState.DeliveryConfirmed.WireName(),
                },
                cancellationToken: cancellationToken
            )
        );
        wake.Signal(Channels.Audited);
    }
}
