-- How an order's physical lines come to its customer, and what a human must do where the system could not.

create schema deliveries;

create table deliveries.delivery_orders (
    delivery_order_id       uuid        not null,
    order_id                uuid        not null,
    customer_id             uuid        not null,
    payment_id              uuid        not null,
    order_attempt           integer     not null,
    attempt                 integer     not null,           -- one more with each redelivery
    state                   text        not null,           -- the delivery graph lists the states: it is data of its own
    active                  boolean     not null default true,      -- false from a terminal state on
    reason                  text,
    note                    text,
    partner_delivery_number text,
    graph_version           integer     not null,
    address                 jsonb       not null,
    supersedes              uuid,
    created_at              timestamptz not null default now(),
    updated_at              timestamptz not null default now(),
    version                 integer     not null default 1,

    constraint delivery_orders_pkey primary key (delivery_order_id),
    constraint delivery_orders_attempt_key unique (order_id, order_attempt, attempt),
    constraint delivery_orders_order_fkey foreign key (order_id) references orders.orders,
    constraint delivery_orders_customer_fkey foreign key (customer_id) references orders.customers,
    constraint delivery_orders_payment_fkey foreign key (payment_id) references orders.payments,
    constraint delivery_orders_supersedes_fkey foreign key (supersedes) references deliveries.delivery_orders,
    constraint delivery_orders_order_attempt_check check (order_attempt > 0),
    constraint delivery_orders_attempt_check check (attempt > 0)
) with (fillfactor = 70);
comment on table deliveries.delivery_orders is 'One attempt to bring an order''s physical lines to its customer, as it stands now.';

-- Of an order's delivery orders one is active.
create unique index delivery_orders_one_active on deliveries.delivery_orders (order_id) where active;

create table deliveries.delivery_audit (
    audit_id          bigint      generated always as identity,
    delivery_order_id uuid        not null,
    from_state        text,                                 -- null: the delivery order was created
    to_state          text        not null,                 -- equal to from_state: recorded, not applied
    event             text        not null,
    reason            text,
    note              text,
    goods             text,                                 -- what became of a parcel that had left, by an operator's word
    partner_event_id  text,
    actor             text        not null,
    at                timestamptz not null default now(),
    workflow_run      text,

    constraint delivery_audit_pkey primary key (audit_id),
    constraint delivery_audit_delivery_order_fkey foreign key (delivery_order_id) references deliveries.delivery_orders,
    constraint delivery_audit_goods_check check (goods in ('RETURNED', 'LOST', 'KEPT'))
);
comment on table deliveries.delivery_audit is
    'A change of a delivery order''s state, or an event that came and was not applied; once however often it is told. Append-only.';

-- The graph has no circles: a state is entered once, in whatever run. An event that was not applied is noted once. One index for both,
-- because all that is asked of the audit is asked by delivery order.
create unique index delivery_audit_once on deliveries.delivery_audit
    (delivery_order_id, (case when from_state = to_state then 'event ' || partner_event_id else to_state end));

create trigger delivery_audit_is_append_only before update or delete or truncate on deliveries.delivery_audit
    for each statement execute function orders.refuse_change();

create table orders.operator_tasks (
    task_id           uuid        not null,
    task_key          text        not null,                 -- the same task opened twice is one task
    kind              text        not null,
    order_id          uuid        not null,
    delivery_order_id uuid,
    detail            text        not null,
    opened_at         timestamptz not null default now(),
    closed_at         timestamptz,
    closed_by         text,
    resolution        text,
    version           integer     not null default 1,

    constraint operator_tasks_pkey primary key (task_id),
    constraint operator_tasks_key_key unique (task_key),
    constraint operator_tasks_order_fkey foreign key (order_id) references orders.orders,
    constraint operator_tasks_delivery_order_fkey foreign key (delivery_order_id) references deliveries.delivery_orders
);
comment on table orders.operator_tasks is 'What a human must do because the system could not.';
