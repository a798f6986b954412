namespace TemporalDelivery.Chaos.Audit;

/// <summary>Others were told once, and readers see what is.</summary>
internal static class RecordRules
{
    public static readonly IReadOnlyList<Rule> All =
    [
        new(
            "outbox",
            "order.accepted is published once for each order, order.completed once for each COMPLETED one, order.failed and order.cancelled"
                + " once for each attempt that ended so, delivery.confirmed once for each confirmed delivery, the other changes of a"
                + " delivery once for each of its history, customer.voucher_earned once for each voucher; nothing for others.",
            """
            with due (topic, aggregate_id, times) as (
                select 'order.accepted', order_id, 1 from orders.orders
                union all
                select 'order.completed', order_id, 1 from orders.orders where status = 'COMPLETED'
                union all
                select 'order.' || lower(to_status), order_id, count(distinct attempt) from orders.order_audit
                where to_status in ('FAILED', 'CANCELLED') and from_status <> to_status
                group by to_status, order_id
                union all
                select 'delivery.confirmed', delivery_order_id, 1 from deliveries.delivery_orders where state = 'DELIVERY_CONFIRMED'
                union all
                select 'delivery.' || case to_state when 'DELIVERY_FAILED' then 'failed' else lower(to_state) end, delivery_order_id, 1
                from deliveries.delivery_audit
                where to_state in ('PICKED_UP', 'DELIVERED', 'DELIVERY_FAILED') and from_state <> to_state
                union all
                select 'customer.voucher_earned', order_id, 1 from vouchers.vouchers where activated_at is not null
            ), told as (
                select topic, aggregate_id, count(*) as times, count(position) as published
                from messages.outbox
                where topic <> 'customer.reminder'
                group by topic, aggregate_id
            )
            select topic || ' ' || aggregate_id, coalesce(d.times, 0) || ', published',
                coalesce(t.times || ', ' || t.published || ' published', 'none')
            from due d full join told t using (topic, aggregate_id)
            where t.times is distinct from d.times or t.published is distinct from d.times
            """
        ),
        new(
            "reminders",
            "Whoever confirms by silence was reminded before, once, and nobody is reminded who has not been DELIVERED for long enough.",
            """
            with delivered as (
                select delivery_order_id, at from deliveries.delivery_audit where to_state = 'DELIVERED' and from_state <> to_state
            ), silent as (
                select delivery_order_id, at from deliveries.delivery_audit where event = 'CONFIRM_BY_SILENCE' and from_state <> to_state
            ), told as (
                select aggregate_id as delivery_order_id, min(recorded_at) as at, count(*) as times, count(position) as published
                from messages.outbox
                where topic = 'customer.reminder'
                group by aggregate_id
            ), noted as (
                select delivery_order_id, count(*) as times from deliveries.delivery_audit
                where event = 'CUSTOMER_REMINDED'
                group by delivery_order_id
            )
            select delivery_order_id::text,
                case when s.at is null then 'a reminder for whoever waits' else 'a reminder before the silence' end,
                coalesce(t.times || ', ' || t.published || ' published, ' || (t.at - d.at) || ' after the delivery', 'none')
                    || ', ' || coalesce(n.times, 0) || ' noted' || coalesce(', confirmed after ' || (s.at - d.at), '')
            from silent s
            full join told t using (delivery_order_id)
            full join noted n using (delivery_order_id)
            left join delivered d using (delivery_order_id)
            where t.times is distinct from 1 or t.published is distinct from 1 or n.times is distinct from 1
                or s.at <= t.at or d.at is null or t.at < d.at + (select at_least from reminding)
            """
        ),
        new(
            "inbox",
            "Every event that was acknowledged has been handed on or put aside.",
            """
            select sender || ' ' || event_id, 'handled', tries || ' tries, ' || coalesce(last_error, 'no error')
            from messages.inbox
            where handled_at is null
            """
        ),
        new(
            "read model",
            "Readers see each order, its history and its deliveries as they are.",
            """
            with shown as (
                select o.order_id,
                    o.status || ' ' || o.attempt || ' ' || case when o.status in ('FAILED', 'CANCELLED') then 0 else o.discount_cents end
                        || ' ' || (select count(*) from orders.order_audit a where a.order_id = o.order_id)
                        || coalesce((
                            select string_agg(' ' || d.state, '' order by d.delivery_order_id)
                            from deliveries.delivery_orders d where d.order_id = o.order_id), '') as stored,
                    v.status || ' ' || (v.document ->> 'attempt') || ' ' || v.discount_cents
                        || ' ' || jsonb_array_length(v.document -> 'history')
                        || coalesce((
                            select string_agg(' ' || (d ->> 'state'), '' order by d ->> 'deliveryOrderId')
                            from jsonb_array_elements(v.document -> 'tracking') d), '') as read
                from orders.orders o left join orders.order_view v using (order_id)
            )
            select order_id::text, stored, coalesce(read, 'nothing') from shown where read is distinct from stored
            """
        ),
        new(
            "delivery read model",
            "Readers see each delivery order as it is.",
            """
            select d.delivery_order_id::text, d.state, coalesce(v.state, 'nothing')
            from deliveries.delivery_orders d left join deliveries.delivery_view v using (delivery_order_id)
            where v.state is distinct from d.state
            """
        ),
    ];
}
