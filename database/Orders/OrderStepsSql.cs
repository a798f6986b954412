using TemporalDelivery.Database.Operators;

namespace TemporalDelivery.Database.Orders;

/// <summary>
/// The statements of <see cref="OrderSteps"/>. Each is one decision on locked rows: run again it finds its gate closed and changes nothing.
/// An audit row that lasts a moment bears the moment's own time (<c>clock_timestamp()</c>). A gate is locked <c>for no key update</c>,
/// which whoever merely refers to the order (an operator task, a mark of the projector) does not wait for.
/// </summary>
internal static class OrderStepsSql
{
    /// <summary>
    /// Where this attempt at the order stands: what every step answers. An attempt that another has followed is over, and its audit says
    /// how it ended: its last step may be told again after the order was retried.
    /// </summary>
    public const string Standing = """
        select o.attempt, o.undoing,
            case when o.attempt > @Attempt then past.to_status else o.status end as status,
            case when o.attempt > @Attempt then past.failure_type else o.failure_type end as failure_type,
            case when o.attempt > @Attempt then past.reason else o.reason end as reason,
            exists (
                select from orders.payments p
                where p.order_id = o.order_id and p.attempt = @Attempt and p.status in ('PENDING', 'SETTLED')) as payment_open,
            d.delivery_order_id, coalesce(d.active, false) as is_delivery_active
        from orders.orders o
        left join lateral (
            select a.to_status, a.failure_type, a.reason
            from orders.order_audit a
            where o.attempt > @Attempt and a.order_id = o.order_id and a.attempt = @Attempt
            order by a.audit_id desc
            limit 1
        ) past on true
        left join lateral (
            select d.delivery_order_id, d.active
            from deliveries.delivery_orders d
            where d.order_id = o.order_id and d.order_attempt = @Attempt
            order by d.attempt desc
            limit 1
        ) d on true
        where o.order_id = @OrderId
        """;

    /// <summary>An order that is over no longer counts among those that are under way to their first wait.</summary>
    public const string LeaveIfOver = $"""
        {StartWindow.Leave}
            and exists (select from orders.orders where order_id = @OrderId and status in ('COMPLETED', 'FAILED', 'CANCELLED'))
        """;

    /// <summary>
    /// All lines are reserved and the order is to be paid, or something is short and the order is FAILED. What is on hand is set to what it
    /// is: PostgreSQL checks a row's constraints first as the statement's snapshot has it, where a restock since then is missing.
    /// </summary>
    public const string Admit = """
        with gate as materialized (
            select order_id, total_cents, voucher_code
            from orders.orders
            where order_id = @OrderId and attempt = @Attempt and status = 'PENDING' and not undoing
            for no key update
        ), wanted as materialized (
            select case l.kind when 'PHYSICAL' then 1 else 0 end as parcel, l.sku, sum(l.quantity)::integer as quantity
            from gate g join orders.order_lines l using (order_id)
            group by l.kind, l.sku
        ), locked as materialized (
            select s.sku, s.on_hand, s.reserved, s.on_hand - s.reserved as available, w.quantity
            from orders.stock s join wanted w using (sku)
            order by s.sku
            for no key update of s
        ), verdict as materialized (
            select case when count(short.sku) = 0 then 'HELD' else 'REFUSED' end as state,
                coalesce(array_agg(short.sku order by short.sku) filter (where short.sku is not null), '{}') as short_skus
            from (
                select w.sku
                from wanted w left join locked l using (sku)
                where l.sku is null or l.available < w.quantity
            ) short
        ), reserved as (
            insert into orders.reservations (order_id, attempt, parcel, state, skus, quantities, short_skus)
            select @OrderId, @Attempt, w.parcel, v.state, array_agg(w.sku order by w.sku), array_agg(w.quantity order by w.sku), v.short_skus
            from wanted w cross join verdict v
            group by w.parcel, v.state, v.short_skus
            on conflict (order_id, attempt, parcel) do nothing
            returning state, short_skus
        ), claimed as materialized (
            select distinct state, short_skus from reserved
        ), taken as (
            update orders.stock s
            set on_hand = l.on_hand, reserved = l.reserved + l.quantity, version = s.version + 1
            from locked l
            where s.sku = l.sku and exists (select from claimed where state = 'HELD')
        ), begun as (
            insert into orders.payments (payment_id, order_id, attempt, status, amount_cents)
            select @PaymentId, @OrderId, @Attempt, 'PENDING', g.total_cents
            from gate g join claimed c on c.state = 'HELD'
            where g.voucher_code is null
            on conflict (order_id, attempt) do nothing
        ), moved as (
            update orders.orders o
            set status = case c.state when 'HELD' then 'PAYMENT_PROCESSING' else 'FAILED' end,
                failure_type = case c.state when 'REFUSED' then 'OUT_OF_STOCK' end,
                reason = case c.state when 'REFUSED' then 'out of stock: ' || array_to_string(c.short_skus, ', ') end,
                updated_at = clock_timestamp(), version = o.version + 1
            from claimed c
            where o.order_id = @OrderId
            returning o.order_id, o.status, o.reason
        )
        insert into orders.order_audit (order_id, attempt, from_status, to_status, event, failure_type, reason, actor, at, workflow_run)
        select m.order_id, @Attempt, t.from_status, t.to_status, t.event, case t.to_status when 'FAILED' then 'OUT_OF_STOCK' end,
            case t.to_status when 'FAILED' then m.reason end, 'system', clock_timestamp(), @WorkflowRun
        from moved m
        join (values
            (1, 'PENDING', 'VALIDATING', 'STARTED', null),
            (2, 'VALIDATING', 'INVENTORY_CHECK', 'VALIDATED', null),
            (3, 'INVENTORY_CHECK', 'PAYMENT_PROCESSING', 'STOCK_RESERVED', 'PAYMENT_PROCESSING'),
            (3, 'INVENTORY_CHECK', 'FAILED', 'FAILED', 'FAILED')) t (place, from_status, to_status, event, only_if)
            on t.only_if is null or t.only_if = m.status
        order by t.place
        """;

    /// <summary>The order breaks a rule and is FAILED.</summary>
    public const string Refuse = """
        with moved as (
            update orders.orders
            set status = 'FAILED', failure_type = 'ORDER_INVALID', reason = @Reason, updated_at = clock_timestamp(), version = version + 1
            where order_id = @OrderId and attempt = @Attempt and status = 'PENDING' and not undoing
            returning order_id
        )
        insert into orders.order_audit (order_id, attempt, from_status, to_status, event, failure_type, reason, actor, at, workflow_run)
        select m.order_id, @Attempt, t.from_status, t.to_status, t.event, t.failure_type, t.reason, 'system', clock_timestamp(),
            @WorkflowRun
        from moved m
        cross join (values
            (1, 'PENDING', 'VALIDATING', 'STARTED', null, null),
            (2, 'VALIDATING', 'FAILED', 'FAILED', 'ORDER_INVALID', @Reason)) t (place, from_status, to_status, event, failure_type, reason)
        order by t.place
        """;

    /// <summary>
    /// As what an order (<c>o</c>) that is being undone ends: CANCELLED by who wants that by now, or as it was decided when the undo began.
    /// The columns of <c>ending</c> are <c>failure, reason, actor</c>; there is no failure when it is cancelled.
    /// </summary>
    public const string Ending = """
        cross join lateral (
            select case when c.order_id is null then o.undo_failure end as failure, coalesce(c.reason, o.undo_reason) as reason,
                coalesce(c.actor, o.undo_actor) as actor
            from (select) one
            left join orders.cancellations c on c.order_id = o.order_id and c.attempt = o.attempt and c.settled_at is null
        ) ending
        """;

    /// <summary>
    /// No step of the attempt takes effect any more but those that undo it. How it ends is decided here, for every run.
    /// </summary>
    public const string BeginUndo = """
        update orders.orders
        set undoing = true, undo_failure = @FailureType, undo_reason = @Reason, undo_actor = @Actor, version = version + 1
        where order_id = @OrderId and attempt = @Attempt and status not in ('COMPLETED', 'FAILED', 'CANCELLED') and not undoing
        """;

    /// <summary>
    /// The stock is free again (but for a parcel that is out), grants are revoked, a delivery order that never left is closed, and the
    /// order is over. (Its payment was given back before that.) The undo has begun before that, in a statement of its own: it waits for a
    /// step that is being committed, and what that left is there for the next. As what the order ends is the row's to say.
    /// </summary>
    public const string Close = $"""
        {BeginUndo};

        with gate as materialized (
            select o.order_id, o.status, case when ending.failure is null then 'CANCELLED' else 'FAILED' end as to_status, ending.*
            from orders.orders o
            {Ending}
            where o.order_id = @OrderId and o.attempt = @Attempt and o.status not in ('COMPLETED', 'FAILED', 'CANCELLED')
            for no key update of o
        ), released as (
            update orders.reservations r
            set state = case when r.parcel > 0 and @IsParcelOut then 'IN_TRANSIT' else 'RELEASED' end, version = r.version + 1
            from gate
            where r.order_id = gate.order_id and r.attempt = @Attempt and r.state = 'HELD'
            returning r.state, skus, quantities
        ), locked as materialized (
            select s.sku, s.on_hand, s.reserved, s.in_transit, l.quantity, case r.state when 'IN_TRANSIT' then l.quantity else 0 end as gone
            from released r
            cross join unnest(r.skus, r.quantities) as l (sku, quantity)
            join orders.stock s on s.sku = l.sku
            order by s.sku
            for no key update of s
        ), put_back as (
            update orders.stock s
            set on_hand = l.on_hand - l.gone, reserved = l.reserved - l.quantity, in_transit = l.in_transit + l.gone, version = s.version + 1
            from locked l
            where s.sku = l.sku
        ), revoked as (
            update orders.digital_grants g
            set revoked_at = now(), version = g.version + 1
            from gate
            where g.order_id = gate.order_id and g.attempt = @Attempt and g.revoked_at is null
        ), left_alone as (
            update deliveries.delivery_orders d
            set active = false, updated_at = now(), version = d.version + 1
            from gate
            where d.order_id = gate.order_id and d.order_attempt = @Attempt and d.active and d.state <> 'CREATED'
        ), withdrawn as (
            update deliveries.delivery_orders d
            set state = 'CANCELLED', active = false, updated_at = now(), version = d.version + 1
            from gate
            where d.order_id = gate.order_id and d.order_attempt = @Attempt and d.active and d.state = 'CREATED'
            returning d.delivery_order_id, gate.reason
        ), withdrawal_audited as (
            insert into deliveries.delivery_audit (delivery_order_id, from_state, to_state, event, reason, actor, workflow_run)
            select delivery_order_id, 'CREATED', 'CANCELLED', 'CANCEL', reason, 'system', @WorkflowRun
            from withdrawn
        ), moved as (
            update orders.orders o
            set status = gate.to_status, failure_type = gate.failure, reason = gate.reason, updated_at = now(), version = o.version + 1
            from gate
            where o.order_id = gate.order_id
            returning o.order_id
        )
        insert into orders.order_audit (order_id, attempt, from_status, to_status, event, failure_type, reason, actor, workflow_run)
        select g.order_id, @Attempt, g.status, g.to_status, g.to_status, g.failure, g.reason, g.actor, @WorkflowRun
        from gate g join moved using (order_id)
        """;

    /// <summary>
    /// What is still held is sold (a confirmed parcel was, when it was confirmed), and whoever follows the outbox hears of it. Goods of
    /// which nothing was held or sold become an operator's task: the stock is wrong.
    /// </summary>
    public static readonly string Complete = $"""
        with gate as materialized (
            select order_id
            from orders.orders
            where order_id = @OrderId and attempt = @Attempt and status = 'FULFILLMENT' and not undoing
            for no key update
        ), sold as (
            update orders.reservations r
            set state = 'COMMITTED', version = r.version + 1
            from gate
            where r.order_id = gate.order_id and r.attempt = @Attempt and r.state = 'HELD'
            returning skus, quantities
        ), locked as materialized (
            select s.sku, s.on_hand, s.reserved, l.quantity
            from sold
            cross join unnest(sold.skus, sold.quantities) as l (sku, quantity)
            join orders.stock s on s.sku = l.sku
            order by s.sku
            for no key update of s
        ), taken as (
            update orders.stock s
            set on_hand = l.on_hand - l.quantity, reserved = l.reserved - l.quantity, version = s.version + 1
            from locked l
            where s.sku = l.sku
        ), moved as (
            update orders.orders o
            set status = 'COMPLETED', reason = @Reason, updated_at = now(), version = o.version + 1
            from gate
            where o.order_id = gate.order_id
            returning o.order_id, o.customer_id, o.total_cents, o.discount_cents
        ), unsold as (
            select @TaskId as task_id, 'order-' || m.order_id || '/' || @Attempt || '/unsold' as task_key, '' as occasion,
                @StockNotCommitted as kind, m.order_id, null::uuid as delivery_order_id, @WorkflowRun as workflow_run,
                'the order is complete, but nothing was held of ' || string_agg(l.sku, ', ' order by l.line_number) as detail
            from moved m join orders.order_lines l using (order_id)
            where not exists (
                select from orders.reservations r
                where r.order_id = m.order_id and r.attempt = @Attempt and r.state in ('HELD', 'COMMITTED') and l.sku = any(r.skus)
                    and (r.parcel > 0) = (l.kind = 'PHYSICAL'))
            group by m.order_id
        ), told as (
            {OperatorTaskSql.Open("unsold")}
        )
        insert into orders.order_audit (order_id, attempt, from_status, to_status, event, reason, actor, workflow_run)
        select order_id, @Attempt, 'FULFILLMENT', 'COMPLETED', @Event, @Reason, @Actor, @WorkflowRun
        from moved
        """;
}
