namespace TemporalDelivery.Chaos.Audit;

/// <summary>What is on the shelf, what is promised and what was sold add up.</summary>
internal static class StockRules
{
    public static readonly IReadOnlyList<Rule> All =
    [
        new(
            "reservations",
            "Goods are held until they leave, in transit from the pickup, sold when they were received, and free when they never left;"
                + " an operator says what became of those that left for nothing. An earlier attempt of an order holds none.",
            """
            with parcels as (
                select r.order_id, r.attempt, r.parcel, r.state, o.status,
                    case
                        when d.goods is not null then d.goods
                        when d.state = 'DELIVERY_CONFIRMED' then 'COMMITTED'
                        when d.state = 'SUPERSEDED' then 'RELEASED'
                        when r.parcel > 0 and pg_temp.is_left_to_operator(r.order_id, 'deliver') then 'IN_TRANSIT'
                        when d.has_left and d.active and not pg_temp.is_over(o.status) then 'IN_TRANSIT'
                        when r.attempt < o.attempt or o.status in ('FAILED', 'CANCELLED') then 'RELEASED'
                        when o.status = 'COMPLETED' then 'COMMITTED'
                        when o.status in ('PENDING', 'VALIDATING', 'INVENTORY_CHECK') then 'RELEASED'
                        else 'HELD'
                    end as expected
                from orders.reservations r join orders.orders o using (order_id)
                left join (
                    select x.order_id, x.order_attempt, x.attempt, x.state, x.active, max(a.goods) as goods,
                        bool_or(a.to_state = 'PICKED_UP') as has_left
                    from deliveries.delivery_orders x join deliveries.delivery_audit a using (delivery_order_id)
                    group by x.delivery_order_id
                ) d on d.order_id = r.order_id and d.order_attempt = r.attempt and d.attempt = r.parcel
            )
            select order_id || '/' || attempt || '/' || parcel, expected || ' (' || status || ')', state
            from parcels
            where state <> expected and not (state = 'REFUSED' and expected = 'RELEASED')
                and not pg_temp.is_left_to_operator(order_id, 'admit the order')
            """
        ),
        new(
            "sold",
            "A COMPLETED order has sold exactly what was ordered.",
            """
            with ordered as (
                select order_id, sku, sum(quantity) as units
                from orders.order_lines join orders.orders using (order_id)
                where status = 'COMPLETED'
                group by order_id, sku
            ), sold as (
                select r.order_id, l.sku, sum(l.units) as units
                from orders.reservations r cross join unnest(r.skus, r.quantities) as l (sku, units)
                where r.state = 'COMMITTED'
                group by r.order_id, l.sku
            )
            select order_id || ' ' || sku, coalesce(o.units, 0)::text, coalesce(s.units, 0)::text
            from ordered o full join sold s using (order_id, sku)
            where o.units is distinct from s.units
                and order_id::text not in (select split_part(subject, '/', 1) from differences where rule = 'reservations')
            """
        ),
        new(
            "stock",
            "Of each article, on hand is what there was, with what the shop's staff put there or wrote off, less what has left;"
                + " reserved and in transit are what reservations say.",
            """
            with owned as (
                select sku, coalesce(b.on_hand, 0) + coalesce(sum(a.stock_change), 0) as on_hand
                from orders.stock s left join stock_before b using (sku) left join orders.product_audit a using (sku)
                group by sku, b.on_hand
            ), units as (
                select sku, coalesce(sum(l.units) filter (where r.state in ('IN_TRANSIT', 'COMMITTED', 'LOST', 'KEPT')), 0) as gone,
                    coalesce(sum(l.units) filter (where r.state = 'HELD'), 0) as held,
                    coalesce(sum(l.units) filter (where r.state = 'IN_TRANSIT'), 0) as away
                from orders.stock s
                left join (orders.reservations r cross join unnest(r.skus, r.quantities) as l (sku, units)) using (sku)
                group by sku
            )
            select s.sku, (w.on_hand - u.gone) || ' on hand, ' || u.held || ' reserved, ' || u.away || ' in transit',
                s.on_hand || ' on hand, ' || s.reserved || ' reserved, ' || s.in_transit || ' in transit'
            from orders.stock s join owned w using (sku) join units u using (sku)
            where (s.on_hand, s.reserved, s.in_transit) is distinct from (w.on_hand - u.gone, u.held, u.away)
            """
        ),
        new(
            "grants",
            "E-books are granted while an order is paid for, and to nobody else.",
            """
            with owed as (
                select order_id, sku, sum(quantity) as units
                from orders.order_lines join orders.orders using (order_id)
                where kind = 'DIGITAL' and status in ('FULFILLMENT', 'COMPLETED')
                group by order_id, sku
            ), granted as (
                select order_id, sku, sum(quantity) as units
                from orders.digital_grants
                where revoked_at is null
                group by order_id, sku
            )
            select order_id || ' ' || sku, coalesce(o.units, 0) || ' granted', coalesce(g.units, 0) || ' granted'
            from owed o full join granted g using (order_id, sku)
            where o.units is distinct from g.units
                and not pg_temp.is_left_to_operator(order_id, 'take the payment')
                and not pg_temp.is_left_to_operator(order_id, 'admit the order')
            """
        ),
    ];
}
