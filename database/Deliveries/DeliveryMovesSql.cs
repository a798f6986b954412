using TemporalDelivery.Database.Operators;

namespace TemporalDelivery.Database.Deliveries;

/// <summary>The statement that records a delivery order's moves, with all that they mean for others.</summary>
internal static class DeliveryMovesSql
{
    /// <summary>
    /// Answers what is out of stock for a redelivery. The gate is the audit: a state is entered once in the life of a delivery order. A
    /// move that moves goods (to the state <c>@GoodsTo</c> of their reservation) takes its locks as the order's steps do: the order first,
    /// then the stock by SKU. A redelivery reserves again what its parcel brought, once that was restocked or written off; if something is
    /// short then, nothing is written.
    /// </summary>
    public static readonly string Record = $"""
        with of_order as materialized (
            select order_id
            from orders.orders
            where order_id = @OrderId and @GoodsTo::text is not null
            for no key update
        ), gate as materialized (
            select d.delivery_order_id, d.order_id, d.order_attempt, d.attempt
            from deliveries.delivery_orders d
            where d.delivery_order_id = @DeliveryOrderId and d.state = @From
                and (@GoodsTo::text is null or exists (select from of_order))
                and not exists (
                    select from deliveries.delivery_audit a
                    where a.delivery_order_id = @DeliveryOrderId and a.from_state <> a.to_state and a.to_state = @To)
            for no key update of d
        ), parcel as materialized (
            select r.order_id, r.attempt, r.parcel, r.state, r.skus, r.quantities
            from gate g join orders.reservations r on r.order_id = g.order_id and r.attempt = g.order_attempt and r.parcel = g.attempt
            where r.state = 'HELD' and @GoodsTo::text is not null or r.state = 'IN_TRANSIT' and @GoodsTo <> 'RELEASED'
            for no key update of r
        ), goods as materialized (
            select s.sku, s.on_hand, s.reserved, s.in_transit, l.quantity,
                case p.state when 'HELD' then l.quantity else 0 end as held, case p.state when 'HELD' then 0 else l.quantity end as away
            from parcel p
            cross join unnest(p.skus, p.quantities) as l (sku, quantity)
            join orders.stock s on s.sku = l.sku
            order by s.sku
            for no key update of s
        ), counted as materialized (
            select sku,
                case
                    when @GoodsTo = 'RETURNED' then on_hand + away
                    when @GoodsTo = 'RELEASED' then on_hand
                    else on_hand - held
                end as on_hand,
                reserved - held + case when @IsRedelivered then quantity else 0 end as reserved,
                in_transit - away + case @GoodsTo when 'IN_TRANSIT' then quantity else 0 end as in_transit
            from goods
        ), moved as (
            update deliveries.delivery_orders d
            set state = @To, active = d.active and not @IsOver, reason = coalesce(@FailureReason, reason),
                note = coalesce(@FailureNote, note), partner_delivery_number = coalesce(@PartnerDeliveryNumber, partner_delivery_number),
                waits_until = @WaitsUntil, updated_at = now(), version = d.version + 1
            from gate g
            where d.delivery_order_id = g.delivery_order_id
                and (not @IsRedelivered or exists (select from parcel))
                and not exists (select from counted where on_hand < reserved)
            returning d.delivery_order_id, d.order_id, d.attempt
        ), closed as (
            {OperatorTaskSql.Close(
            "coalesce(@ClosedBy, 'system')",
            "coalesce(@ClosedFor, 'the delivery is over')",
            "t.task_key = any(array[@ClosesKey, case when @IsOver then 'delivery-' || moved.delivery_order_id || '/pin' end])",
            "moved"
        )}
        ), tries_forgotten as (
            delete from deliveries.receipt_tries r
            using moved
            where @IsOver and r.delivery_order_id = moved.delivery_order_id
        ), opening as (
            select @TaskId as task_id, @OpensKey as task_key, @Occasion as occasion, @Kind as kind, m.order_id, m.delivery_order_id,
                @WorkflowRun as workflow_run, @Detail as detail
            from moved m
            where @OpensKey::text is not null
            union all
            select @TaskId, 'delivery-' || m.delivery_order_id || '/unsold', '', @StockNotCommitted, m.order_id, m.delivery_order_id,
                @WorkflowRun, 'the delivery is confirmed, but nothing of its goods was held or in transit'
            from moved m
            where @OpensKey::text is null and @GoodsTo = 'COMMITTED' and not exists (select from parcel)
        ), opened as (
            {OperatorTaskSql.Open("opening")}
        ), settled as (
            update orders.reservations r
            set state = @GoodsTo, version = r.version + 1
            from parcel p cross join moved
            where r.order_id = p.order_id and r.attempt = p.attempt and r.parcel = p.parcel
        ), reserved_again as (
            insert into orders.reservations (order_id, attempt, parcel, state, skus, quantities)
            select p.order_id, p.attempt, p.parcel + 1, 'HELD', p.skus, p.quantities
            from parcel p cross join moved
            where @IsRedelivered
        ), stocked as (
            update orders.stock s
            set on_hand = c.on_hand, reserved = c.reserved, in_transit = c.in_transit, version = s.version + 1
            from counted c cross join moved
            where s.sku = c.sku
        ), audited as (
            insert into deliveries.delivery_audit
                (delivery_order_id, from_state, to_state, event, reason, note, goods, partner_event_id, actor, at, workflow_run)
            select m.delivery_order_id, t.from_state, t.to_state, t.event, t.reason, t.note, case t.place when 1 then @Goods end,
                t.partner_event_id, t.actor, clock_timestamp(), @WorkflowRun
            from moved m
            cross join unnest(@Froms, @Tos, @Events, @Reasons, @Notes, @Actors, @PartnerEventIds) with ordinality
                as t (from_state, to_state, event, reason, note, actor, partner_event_id, place)
            order by t.place
        )
        select coalesce(array_agg(sku order by sku), array[]::text[]) from counted where on_hand < reserved
        """;
}
