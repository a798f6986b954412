namespace TemporalDelivery.Chaos.Audit;

/// <summary>What is on the shelf, what is promised and what was sold add up.</summary>
internal static class StockRules
{
    public static readonly IReadOnlyList<Rule> All =
    [
        new(
            "reservations",
            "The stock of an order is held while it goes on, sold when it is COMPLETED, and free when it is not; an earlier attempt has none.",
            """
            select o.order_id || '/' || r.attempt,
                case when r.attempt < o.attempt then 'RELEASED' when o.status = 'COMPLETED' then 'COMMITTED'
                    when pg_temp.is_over(o.status) then 'RELEASED' else 'HELD' end || ' (' || o.status || ')',
                r.state
            from orders.reservations r join orders.orders o using (order_id)
            where not pg_temp.is_left_to_operator(o.order_id, 'admit the order')
                and not case
                    when r.attempt < o.attempt or o.status in ('FAILED', 'CANCELLED') then r.state in ('RELEASED', 'REFUSED')
                    when o.status = 'COMPLETED' then r.state = 'COMMITTED'
                    when o.status in ('PENDING', 'VALIDATING', 'INVENTORY_CHECK') then r.state in ('RELEASED', 'REFUSED')
                    else r.state = 'HELD'
                end
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
            "Of each article, on hand is what there was less what was sold, and reserved is what reservations hold.",
            """
            with units as (
                select l.sku, sum(l.units) filter (where r.state = 'COMMITTED') as sold, sum(l.units) filter (where r.state = 'HELD') as held
                from orders.reservations r cross join unnest(r.skus, r.quantities) as l (sku, units)
                group by l.sku
            )
            select s.sku, (b.on_hand - coalesce(u.sold, 0)) || ' on hand, ' || coalesce(u.held, 0) || ' reserved',
                s.on_hand || ' on hand, ' || s.reserved || ' reserved'
            from orders.stock s join stock_before b using (sku) left join units u using (sku)
            where s.on_hand <> b.on_hand - coalesce(u.sold, 0) or s.reserved <> coalesce(u.held, 0)
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
