-- What the rules of the audit compare the product's tables with: the ledgers of the outside world, the plan, and what Temporal runs.
-- Temporary: each audit writes its own.

create temp table payment_lines (line jsonb not null);
create temp table partner_lines (line jsonb not null);

create temp table planned (
    order_id  uuid    primary key,
    kind      text    not null,
    ends      text[]  not null,                             -- the statuses that it may end with
    disputed boolean not null
);

create temp table stock_before (sku text primary key, on_hand integer not null);

create temp table running (workflow_id text primary key);

create temp table accountable (task_kind text primary key);     -- kinds of tasks that a fault of this run may leave open

create temp table meddled (act text not null, workflow_id text not null);       -- what was done with Temporal's own tools

create temp table reminding (at_least interval not null);     -- for how long a delivery is DELIVERED before its customer is reminded

create temp table subscriptions (                           -- who is to be told of what
    reader   text   not null,
    receiver text   not null,
    topics   text[] not null                                -- as LIKE has them
);

create temp table received (                                -- what was told, as its receiver has it
    reader     text    not null,
    receiver   text    not null,
    turn       bigint  not null,                            -- its place among all that this receiver has got
    message_id text    not null,
    event_id   text    not null,
    content    jsonb   not null,
    is_signed  boolean not null
);

create temp table differences (rule text not null, subject text not null);

-- The log, and which order each event is about.
create temp view events as
select position, event_id::text as event_id, topic, aggregate_id, payload, recorded_at,
    coalesce((payload ->> 'orderId')::uuid, aggregate_id) as order_id
from messages.outbox
where position is not null;

-- Who is to be told of which event.
create temp view due as
select s.reader, s.receiver, e.* from subscriptions s join events e on e.topic like any (s.topics);

-- A message, for people.
create function pg_temp.told(order_id uuid, topic text, reader text, receiver text) returns text language sql immutable as $$
    select coalesce(order_id::text, 'no order') || ' ' || coalesce(topic, 'something') || ' to ' || reader || ' (' || receiver || ')'
$$;

-- What is not in the log says of itself what it is about: a mail in its text.
create function pg_temp.order_of(content jsonb) returns uuid language sql immutable as $$
    select coalesce(content #>> '{data,orderId}', substring(content ->> 'text' from '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'))::uuid
$$;

create function pg_temp.topic_of(content jsonb) returns text language sql immutable as $$
    select coalesce(content ->> 'type', content ->> 'subject')
$$;

-- One row per charge of the payment provider's ledger, as it stands there now.
create temp view charges as
select c.line ->> 'paymentId' as payment_id, (c.line ->> 'orderId')::uuid as order_id, (c.line ->> 'attempt')::integer as attempt,
    (c.line ->> 'amountCents')::bigint as amount_cents, coalesce(d.line ->> 'status', c.line ->> 'status') as status,
    (r.line ->> 'amountCents')::bigint as refunded_cents
from payment_lines c
left join payment_lines d on d.line ->> 'kind' = 'decided' and d.line ->> 'paymentId' = c.line ->> 'paymentId'
left join payment_lines r on r.line ->> 'kind' = 'refunded' and r.line ->> 'paymentId' = c.line ->> 'paymentId'
where c.line ->> 'kind' = 'charged';

-- One row per booking of the partner's ledger, with the last thing that happened to its parcel.
create temp view bookings as
select b.line ->> 'number' as number, (b.line ->> 'deliveryOrderId')::uuid as delivery_order_id, (b.line ->> 'orderId')::uuid as order_id,
    (b.line ->> 'accepted')::boolean as accepted, b.line ->> 'fails' as fails,
    case
        when not (b.line ->> 'accepted')::boolean then 'REFUSED'
        when exists (
            select from partner_lines x where x.line ->> 'kind' = 'cancelled' and x.line ->> 'number' = b.line ->> 'number') then 'CANCELLED'
        else coalesce((
            select x.line -> 'event' ->> 'type' from partner_lines x
            where x.line ->> 'kind' = 'happened' and x.line ->> 'number' = b.line ->> 'number'
            order by x.line ->> 'at' desc limit 1), 'BOOKED')
    end as state,
    exists (
        select from partner_lines x
        where x.line ->> 'kind' = 'happened' and x.line ->> 'number' = b.line ->> 'number' and (x.line ->> 'unsent')::boolean) as has_lost_events
from partner_lines b
where b.line ->> 'kind' = 'booked';

create temp view open_tasks as
select task_id, task_key, kind, order_id, delivery_order_id, detail from orders.operator_tasks where closed_at is null;

-- The undo of this step is left to an operator, so what it would have done is accounted for.
create function pg_temp.is_left_to_operator(of_order uuid, step text) returns boolean language sql as $$
    select exists (select from open_tasks t where t.order_id = of_order and t.task_key like '%undo: ' || step || '%')
$$;

-- How often a cancellation was refused, by the act that asked for it.
create temp view refusals as
select t.task_id, case when t.task_key like 'order-%/undo' then 'Undo' else 'Cancel' end as act,
    coalesce('delivery-' || t.delivery_order_id, 'order-' || t.order_id) as workflow_id,
    1 + (select count(*) from orders.operator_task_audit a where a.task_id = t.task_id and a.event = 'AGAIN') as times
from orders.operator_tasks t
where t.kind = 'CANCEL_REFUSED';

-- Somebody wanted an order cancelled, or one of its deliveries, with Temporal's tools or when it had lost its run, and was not refused.
create function pg_temp.is_called_off(of_order uuid) returns boolean language sql as $$
    select exists (
        select from meddled m
        where m.act in ('Cancel', 'Undo') and (m.workflow_id = 'order-' || of_order or m.workflow_id in (
            select 'delivery-' || d.delivery_order_id from deliveries.delivery_orders d where d.order_id = of_order))
        group by m.act, m.workflow_id
        having count(*) > coalesce((
            select sum(r.times) from refusals r where r.act = m.act and r.workflow_id = m.workflow_id), 0))
$$;

create function pg_temp.is_over(status text) returns boolean language sql immutable as $$
    select status in ('COMPLETED', 'FAILED', 'CANCELLED')
$$;
