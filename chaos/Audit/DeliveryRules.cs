namespace TemporalDelivery.Chaos.Audit;

/// <summary>Parcels are where the orders say, by the partner's own ledger.</summary>
internal static class DeliveryRules
{
    public static readonly IReadOnlyList<Rule> All =
    [
        new(
            "bookings",
            "A delivery order is booked once, and one that the partner has moved was booked.",
            """
            select d.delivery_order_id::text, case when d.state in ('CREATED', 'CANCELLED') then 'one booking at most' else 'one booking' end
                || ' (' || d.state || ')', count(b.number) || ' bookings'
            from deliveries.delivery_orders d left join bookings b using (delivery_order_id)
            group by d.delivery_order_id, d.state
            having count(b.number) > 1
                or (count(b.number) = 0 and exists (
                    select from deliveries.delivery_audit a
                    where a.delivery_order_id = d.delivery_order_id and a.to_state in ('PICKED_UP', 'DELIVERED')))
            union all
            select b.delivery_order_id::text, 'a delivery order', 'a booking of none'
            from bookings b left join deliveries.delivery_orders d using (delivery_order_id)
            where d.delivery_order_id is null
            """
        ),
        new(
            "parcels",
            "No parcel travels or arrives for an order that is not COMPLETED, unless an open task or an operator's decision says so.",
            """
            select b.order_id::text, 'no parcel (' || o.status || ')', b.state || ', ' || b.number || ' of delivery ' || b.delivery_order_id
            from bookings b join orders.orders o using (order_id)
            where b.state in ('BOOKED', 'PICKED_UP', 'DELIVERED') and o.status in ('FAILED', 'CANCELLED')
                and not exists (select from open_tasks t where t.order_id = o.order_id)
                and not exists (
                    select from deliveries.delivery_audit a
                    where a.delivery_order_id = b.delivery_order_id and a.from_state = 'PENDING_BY_OPERATOR' and a.actor like 'operator:%'
                        and exists (
                            select from deliveries.delivery_audit p
                            where p.delivery_order_id = b.delivery_order_id and p.to_state = 'PICKED_UP'))
            """
        ),
        new(
            "received",
            "The physical lines of a COMPLETED order were confirmed, or handed over by an operator; no delivery of it is under way.",
            """
            select o.order_id::text, 'one confirmed delivery', coalesce(string_agg(d.state, ', ' order by d.order_attempt, d.attempt), 'none')
            from orders.orders o left join deliveries.delivery_orders d using (order_id)
            where o.status = 'COMPLETED'
                and exists (select from orders.order_lines l where l.order_id = o.order_id and l.kind = 'PHYSICAL')
                and not exists (
                    select from orders.order_audit a
                    where a.order_id = o.order_id and a.to_status = 'COMPLETED' and a.actor like 'operator:%')
            group by o.order_id
            having count(*) filter (where d.state = 'DELIVERY_CONFIRMED') <> 1 or bool_or(d.active)
            """
        ),
        new(
            "proof",
            "What is confirmed was delivered, or an operator has proof.",
            """
            select d.delivery_order_id::text, 'DELIVERED by the partner', coalesce(b.state, 'no booking')
            from deliveries.delivery_orders d left join bookings b using (delivery_order_id)
            where d.state = 'DELIVERY_CONFIRMED' and b.state is distinct from 'DELIVERED'
                and not exists (
                    select from deliveries.delivery_audit a
                    where a.delivery_order_id = d.delivery_order_id and a.event = 'CONFIRM_WITH_PROOF')
            """
        ),
        new(
            "left behind",
            "No delivery is under way for an order that is over.",
            """
            select d.order_id::text, 'no active delivery (' || o.status || ')', d.state || ' ' || d.delivery_order_id
            from deliveries.delivery_orders d join orders.orders o using (order_id)
            where d.active and pg_temp.is_over(o.status) and not exists (select from open_tasks t where t.order_id = o.order_id)
            """
        ),
        new(
            "delivery history",
            "A delivery order's audit rows lead from one state to the next, and the last one is the row's state.",
            """
            with steps as (
                select delivery_order_id, audit_id, from_state, to_state, lag(to_state) over w as came_from,
                    last_value(to_state) over (w rows between unbounded preceding and unbounded following) as last_state
                from deliveries.delivery_audit
                window w as (partition by delivery_order_id order by audit_id)
            )
            select delivery_order_id::text, 'a path',
                string_agg(coalesce(from_state, '') || '→' || to_state, ' ' order by audit_id) || ', row ' || coalesce(max(d.state), 'none')
            from steps left join deliveries.delivery_orders d using (delivery_order_id)
            group by delivery_order_id
            having bool_or(from_state is distinct from came_from) or max(last_state) is distinct from max(d.state)
            """
        ),
    ];
}
