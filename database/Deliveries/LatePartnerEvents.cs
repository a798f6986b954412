using System.Globalization;
using Dapper;
using Npgsql;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Database.Deliveries;

/// <summary>The partner's events that came too late to be applied, whoever notices: the delivery's workflow or the relay.</summary>
public sealed class LatePartnerEvents(NpgsqlDataSource source, WakeSignals wake)
{
    /// <summary>
    /// Records the events in the delivery order's audit, in the state that its row has, each once. A parcel that arrives although its
    /// delivery was given up, or another took over, becomes an operator's task: the customer has goods that are not paid for, or has them
    /// twice. Of one that arrives while an operator decides about its failure, that operator's task tells.
    /// </summary>
    public async Task RecordAsync(StalePartnerEvents late, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(late);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                $"""
                with delivery as (
                    select delivery_order_id, order_id, state, active
                    from deliveries.delivery_orders
                    where delivery_order_id = @DeliveryOrderId
                ), audited as (
                    insert into deliveries.delivery_audit
                        (delivery_order_id, from_state, to_state, event, reason, note, partner_event_id, actor)
                    select d.delivery_order_id, d.state, d.state, e.event, e.reason, e.note, e.event_id, 'partner'
                    from delivery d
                    cross join unnest(@Types, @Reasons, @Notes, @EventIds) with ordinality as e (event, reason, note, event_id, place)
                    where not exists (
                        select from deliveries.delivery_audit a
                        where a.delivery_order_id = d.delivery_order_id and a.partner_event_id = e.event_id)
                    order by e.place
                    on conflict do nothing
                    returning event
                ), told as (
                    update orders.operator_tasks t
                    set detail = t.detail || @Told, version = t.version + 1
                    where t.task_key = @DecisionKey and t.closed_at is null and position(@Says in t.detail) = 0
                        and exists (select from audited where event = @Delivered)
                ), arrived as (
                    select @TaskId as task_id, 'delivery-' || delivery_order_id || '/arrived-late' as task_key, '' as occasion, @Kind as kind,
                        order_id, delivery_order_id, null as workflow_run,
                        'the partner says that the parcel was delivered, but its delivery is ' || state as detail
                    from delivery
                    where not active and state <> @Confirmed and @Delivered = any(@Types)
                )
                {OperatorTaskSql.Open("arrived")}
                """,
                new
                {
                    late.DeliveryOrderId,
                    Types = late.Events.Select(partnerEvent => partnerEvent.Type).ToArray(),
                    Reasons = late.Events.Select(partnerEvent => partnerEvent.Reason).ToArray(),
                    Notes = late.Events.Select(partnerEvent => partnerEvent.Note).ToArray(),
                    EventIds = late.Events.Select(partnerEvent => partnerEvent.EventId).ToArray(),
                    DecisionKey = DeliveryWorkflow.DecisionKey(late.DeliveryOrderId),
                    Says,
                    Told = Told(late.Events),
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

    // A task tells it once: a partner may repeat itself a thousand times.
    private const string Says = "the partner says that it was delivered at ";

    private static string? Told(IReadOnlyList<PartnerEvent> events) =>
        events.FirstOrDefault(partnerEvent => partnerEvent.Type == DeliveryEvents.Delivered) is { OccurredAt: var at }
            ? string.Create(CultureInfo.InvariantCulture, $"; {Says}{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}")
            : null;
}
