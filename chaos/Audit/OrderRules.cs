namespace TemporalDelivery.Chaos.Audit;

/// <summary>Every order comes to an end that its customer can understand.</summary>
internal static class OrderRules
{
    public static readonly IReadOnlyList<Rule> All =
    [
        new(
            "accepted",
            "Every order that was answered 201 is stored, and no other.",
            """
            select coalesce(o.order_id, p.order_id)::text, case when p.order_id is null then 'no order' else 'an order' end,
                coalesce(o.status, 'none')
            from orders.orders o full join planned p using (order_id)
            where o.order_id is null or p.order_id is null
            """
        ),
        new(
            "rest",
            "Every order is over, or an open operator task says what it waits for: none that it has lost its run.",
            """
            select o.order_id::text, 'COMPLETED, FAILED, CANCELLED or an open task', o.status || ' (' || coalesce(p.kind, '?') || ')'
            from orders.orders o left join planned p using (order_id)
            where not pg_temp.is_over(o.status)
                and not exists (select from open_tasks t where t.order_id = o.order_id and t.kind not in ('CANCEL_REFUSED', 'STORY_LOST'))
            """
        ),
        new(
            "end",
            "An order ends as its kind may end, or CANCELLED where an operator has called it off: nothing fails because something was killed.",
            """
            select o.order_id::text, array_to_string(p.ends, ' or ') || ' (' || p.kind || ')',
                o.status || coalesce(' ' || o.failure_type, '') || coalesce(': ' || o.reason, '')
            from orders.orders o join planned p using (order_id)
            where pg_temp.is_over(o.status) and (
                o.failure_type = 'UNEXPECTED'
                or o.status <> all (p.ends) and not (o.status = 'CANCELLED' and pg_temp.is_called_off(o.order_id)))
            """
        ),
        new(
            "order history",
            "An order's audit rows are a path of its states, and the last one is the row's status.",
            """
            with steps as (
                select order_id, audit_id, from_status, to_status, lag(to_status) over w as came_from,
                    last_value(to_status) over (w rows between unbounded preceding and unbounded following) as last_status
                from orders.order_audit
                window w as (partition by order_id order by audit_id)
            ), allowed (a, b) as (values
                ('', 'PENDING'), ('PENDING', 'VALIDATING'), ('VALIDATING', 'INVENTORY_CHECK'), ('INVENTORY_CHECK', 'PAYMENT_PROCESSING'),
                ('PAYMENT_PROCESSING', 'FULFILLMENT'), ('FULFILLMENT', 'COMPLETED'), ('FAILED', 'PENDING'),
                ('PENDING', 'FAILED'), ('VALIDATING', 'FAILED'), ('INVENTORY_CHECK', 'FAILED'), ('PAYMENT_PROCESSING', 'FAILED'),
                ('FULFILLMENT', 'FAILED'), ('PENDING', 'CANCELLED'), ('VALIDATING', 'CANCELLED'), ('INVENTORY_CHECK', 'CANCELLED'),
                ('PAYMENT_PROCESSING', 'CANCELLED'), ('FULFILLMENT', 'CANCELLED')
            )
            select order_id::text, 'a path of the order''s states',
                string_agg(coalesce(from_status, '') || '→' || to_status, ' ' order by audit_id) || ', row ' || coalesce(max(status), 'none')
            from steps left join orders.orders o using (order_id)
            group by order_id
            having bool_or(from_status is distinct from came_from) or max(last_status) is distinct from max(o.status)
                or bool_or(not exists (select from allowed where a = coalesce(from_status, '') and b = to_status))
            """
        ),
        new(
            "workflows",
            "No workflow runs for what is over.",
            """
            select r.workflow_id, 'no running workflow', coalesce(o.status, d.state)
            from running r
            left join orders.orders o on r.workflow_id = 'order-' || o.order_id
            left join deliveries.delivery_orders d on r.workflow_id = 'delivery-' || d.delivery_order_id
            where pg_temp.is_over(o.status) or not d.active
            """
        ),
    ];
}
