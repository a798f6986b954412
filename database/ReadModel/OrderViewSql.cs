namespace TemporalDelivery.Database.ReadModel;

/// <summary>
/// Writes the rows of the read model as the tables stand, whole: projecting twice, late, or over a gap gives the same row.
/// A row whose document stays the same keeps its version; another gets one that no row has ever had.
/// </summary>
internal static class OrderViewSql
{
    /// <summary>The orders in <c>@OrderIds</c>, as the tables stand.</summary>
    public const string Orders = """
        select o.order_id, o.customer_id, o.status, o.item_count, o.total_cents, taken_off.discount_cents, o.placed_at,
            jsonb_build_object(
                'orderId', o.order_id,
                'customerId', o.customer_id,
                'status', o.status,
                'attempt', o.attempt,
                'failure', case when o.status in ('FAILED', 'CANCELLED') and (o.failure_type is not null or o.reason is not null)
                    then jsonb_build_object('type', o.failure_type, 'reason', o.reason) end,
                'totalCents', o.total_cents,
                'discountCents', taken_off.discount_cents,
                'currency', 'EUR',
                'voucherCode', o.voucher_code,
                'deliveryAddress', o.delivery_address,
                'placedAt', orders.json_time(o.placed_at),
                'updatedAt', orders.json_time(o.updated_at),
                'lines', (
                    select jsonb_agg(jsonb_build_object(
                        'sku', l.sku, 'name', l.name, 'kind', l.kind, 'quantity', l.quantity, 'unitPriceCents', l.unit_price_cents)
                        order by l.line_number)
                    from orders.order_lines l where l.order_id = o.order_id),
                'history', (
                    select jsonb_agg(jsonb_build_object(
                        'from', a.from_status, 'to', a.to_status, 'event', a.event, 'reason', a.reason, 'actor', a.actor,
                        'at', orders.json_time(a.at))
                        order by a.audit_id)
                    from orders.order_audit a where a.order_id = o.order_id),
                'tracking', coalesce((
                    select jsonb_agg(jsonb_build_object(
                        'deliveryOrderId', d.delivery_order_id, 'attempt', d.attempt, 'state', d.state, 'reason', d.reason, 'note', d.note,
                        'partnerDeliveryNumber', d.partner_delivery_number, 'createdAt', orders.json_time(d.created_at),
                        'updatedAt', orders.json_time(d.updated_at), 'waitsUntil', orders.json_time(d.waits_until),
                        'history', (
                            select jsonb_agg(jsonb_build_object(
                                'from', a.from_state, 'to', a.to_state, 'event', a.event, 'reason', a.reason, 'note', a.note, 'goods', a.goods,
                                'actor', a.actor, 'at', orders.json_time(a.at))
                                order by a.audit_id)
                            from deliveries.delivery_audit a where a.delivery_order_id = d.delivery_order_id))
                        order by d.attempt)
                    from deliveries.delivery_orders d where d.order_id = o.order_id), '[]'))
            || coalesce((
                    select jsonb_build_object('cancelRequested', c.settled_at is null, 'cancelRefusal', c.refusal)
                    from orders.cancellations c
                    where c.order_id = o.order_id and c.attempt = o.attempt and o.status not in ('COMPLETED', 'FAILED', 'CANCELLED')
                    order by c.requested_at desc
                    limit 1), '{"cancelRequested": false, "cancelRefusal": null}') as document
        from orders.orders o
        -- What did not come about was not taken off: its voucher was given back.
        cross join lateral (
            select case when o.status in ('FAILED', 'CANCELLED') then 0 else o.discount_cents end as discount_cents
        ) taken_off
        where o.order_id = any(@OrderIds)
        """;

    /// <summary>Writes the rows of the orders in <c>@OrderIds</c>.</summary>
    public const string Project = $"""
        insert into orders.order_view as v (order_id, customer_id, status, item_count, total_cents, discount_cents, placed_at, document)
        {Orders}
        on conflict (order_id) do update
        set status = excluded.status, discount_cents = excluded.discount_cents, document = excluded.document,
            version = nextval('orders.view_versions')
        where v.document is distinct from excluded.document
        """;

    /// <summary>The delivery orders in <c>@DeliveryOrderIds</c>, as the tables stand.</summary>
    public const string Deliveries = """
        select d.delivery_order_id, d.order_id, d.customer_id, d.state,
            jsonb_build_object(
                'deliveryOrderId', d.delivery_order_id,
                'orderId', d.order_id,
                'customerId', d.customer_id,
                'attempt', d.attempt,
                'state', d.state,
                'reason', d.reason,
                'note', d.note,
                'partnerDeliveryNumber', d.partner_delivery_number,
                'graphVersion', d.graph_version,
                'address', d.address,
                'createdAt', orders.json_time(d.created_at),
                'updatedAt', orders.json_time(d.updated_at),
                'waitsUntil', orders.json_time(d.waits_until),
                'history', (
                    select jsonb_agg(jsonb_build_object(
                        'from', a.from_state, 'to', a.to_state, 'event', a.event, 'reason', a.reason, 'note', a.note, 'goods', a.goods,
                        'actor', a.actor, 'at', orders.json_time(a.at))
                        order by a.audit_id)
                    from deliveries.delivery_audit a where a.delivery_order_id = d.delivery_order_id)) as document
        from deliveries.delivery_orders d
        where d.delivery_order_id = any(@DeliveryOrderIds)
        """;

    /// <summary>Writes the rows of the delivery orders in <c>@DeliveryOrderIds</c>.</summary>
    public const string ProjectDeliveries = $"""
        insert into deliveries.delivery_view as v (delivery_order_id, order_id, customer_id, state, document)
        {Deliveries}
        on conflict (delivery_order_id) do update
        set state = excluded.state, document = excluded.document, version = nextval('orders.view_versions')
        where v.document is distinct from excluded.document
        """;
}
