-- One delivery order is one attempt to bring an order's physical lines to its customer.
create schema deliveries;

-- States are the delivery graph's, which is data of its own: no list of them is repeated here.
create table deliveries.delivery_orders (
    delivery_order_id       uuid        not null primary key,
    order_id                uuid        not null references orders.orders,
    customer_id             uuid        not null references orders.customers,
    payment_id              uuid        not null references orders.payments,
    order_attempt           integer     not null check (order_attempt > 0),
    attempt                 integer     not null check (attempt > 0),       -- one more with each redelivery
    state                   text        not null,
    active                  boolean     not null default true,              -- false from a terminal state on
    reason                  text,
    note                    text,
    partner_delivery_number text,
    graph_version           integer     not null,
    address                 jsonb       not null,
    supersedes              uuid        references deliveries.delivery_orders,
    created_at              timestamptz not null default now(),
    updated_at              timestamptz not null default now(),
    version                 integer     not null default 1,
    unique (order_id, order_attempt, attempt)
) with (fillfactor = 70);

create unique index delivery_orders_one_active on deliveries.delivery_orders (order_id) where active;

alter table orders.operator_tasks
    add foreign key (delivery_order_id) references deliveries.delivery_orders;

create table deliveries.delivery_audit (
    audit_id          bigint      generated always as identity primary key,
    delivery_order_id uuid        not null references deliveries.delivery_orders,
    from_state        text,                                                 -- null: the delivery order was created
    to_state          text        not null,                                 -- equal to from_state: recorded, not applied
    event             text        not null,
    reason            text,
    note              text,
    partner_event_id  text,
    actor             text        not null,
    at                timestamptz not null default now(),
    workflow_run      text,
    sequence          integer,                                              -- null: recorded, not applied
    unique (delivery_order_id, workflow_run, sequence)
);

create index delivery_audit_by_delivery on deliveries.delivery_audit (delivery_order_id, audit_id);

-- An event that was not applied is noted once.
create unique index delivery_audit_stale_once on deliveries.delivery_audit (delivery_order_id, partner_event_id)
    where from_state = to_state;

create trigger delivery_audit_is_append_only before update or delete or truncate on deliveries.delivery_audit
    for each statement execute function orders.refuse_change();
