-- An order, what it holds of the stock, what was charged and granted for it, and everything that ever happened to it.
create table orders.orders (
    order_id         uuid        not null primary key,
    customer_id      uuid        not null references orders.customers,
    status           text        not null check (status in ('PENDING', 'VALIDATING', 'INVENTORY_CHECK', 'PAYMENT_PROCESSING',
                                                            'FULFILLMENT', 'COMPLETED', 'FAILED', 'CANCELLED')),
    attempt          integer     not null default 1 check (attempt > 0),    -- a retry of a FAILED order is the next one
    total_cents      bigint      not null check (total_cents >= 0),         -- before any discount
    discount_cents   bigint      not null default 0 check (discount_cents >= 0),
    item_count       integer     not null check (item_count > 0),
    voucher_code     text,
    payment_token    text        not null,
    delivery_address jsonb,
    failure_type     text,                                                  -- why it is FAILED, for programs
    reason           text,                                                  -- why it is FAILED, CANCELLED or fulfilled by hand, for people
    placed_at        timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    version          integer     not null default 1
) with (fillfactor = 70);

create index orders_by_customer on orders.orders (customer_id, order_id desc);

-- Prices and names are the catalogue's at the time of the order.
create table orders.order_lines (
    order_id         uuid        not null references orders.orders,
    line_number      integer     not null,
    sku              text        not null references orders.products,
    name             text        not null,
    kind             text        not null check (kind in ('PHYSICAL', 'DIGITAL')),
    quantity         integer     not null check (quantity > 0),
    unit_price_cents bigint      not null check (unit_price_cents >= 0),
    primary key (order_id, line_number)
);

-- One row per order and attempt holds all its SKUs or none. REFUSED and RELEASED rows also keep a late repetition from taking stock.
create table orders.reservations (
    order_id         uuid        not null references orders.orders,
    attempt          integer     not null,
    state            text        not null check (state in ('HELD', 'REFUSED', 'RELEASED', 'COMMITTED')),
    skus             text[]      not null,                                  -- each once, sorted, with its quantity below
    quantities       integer[]   not null,
    short_skus       text[]      not null default '{}',                     -- why it was REFUSED
    reserved_at      timestamptz not null default now(),
    version          integer     not null default 1,
    primary key (order_id, attempt)
);

create table orders.payments (
    payment_id          uuid        not null primary key,
    order_id            uuid        not null references orders.orders,
    attempt             integer     not null,
    provider_payment_id text        unique,
    status              text        not null check (status in ('PENDING', 'SETTLED', 'DECLINED', 'REFUNDED', 'VOIDED')),
    amount_cents        bigint      not null check (amount_cents >= 0),
    reason              text,
    created_at          timestamptz not null default now(),
    updated_at          timestamptz not null default now(),
    version             integer     not null default 1,
    unique (order_id, attempt)
);

create table orders.digital_grants (
    order_id         uuid        not null references orders.orders,
    attempt          integer     not null,
    sku              text        not null references orders.products,
    quantity         integer     not null check (quantity > 0),
    granted_at       timestamptz not null default now(),
    revoked_at       timestamptz,
    version          integer     not null default 1,
    primary key (order_id, attempt, sku)
);

-- Append-only. A workflow run numbers its changes, so the same change told twice is one row; changes that no run made (accepted, retried)
-- are numbered by the attempt that they begin.
create table orders.order_audit (
    audit_id         bigint      generated always as identity primary key,
    order_id         uuid        not null references orders.orders,
    from_status      text,                                                  -- null: the order was accepted
    to_status        text        not null,
    event            text        not null,
    reason           text,
    actor            text        not null,
    at               timestamptz not null default now(),
    workflow_run     text,
    sequence         integer     not null,
    unique nulls not distinct (order_id, workflow_run, sequence)
);

create index order_audit_by_order on orders.order_audit (order_id, audit_id);

create function orders.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_schema || '.' || tg_table_name, tg_op
        using errcode = 'restrict_violation';
end
$$;

create trigger order_audit_is_append_only before update or delete or truncate on orders.order_audit
    for each statement execute function orders.refuse_change();

-- Accepted orders whose workflow is not started yet. The relay takes them away.
create table orders.pending_starts (
    order_id         uuid        not null primary key references orders.orders,
    attempt          integer     not null,
    accepted_at      timestamptz not null default now()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

create index pending_starts_oldest_first on orders.pending_starts (accepted_at, order_id);

-- What a human must do because the system could not.
create table orders.operator_tasks (
    task_id           uuid        not null primary key,
    task_key          text        not null unique,                          -- the same task opened twice is one task
    kind              text        not null,
    order_id          uuid        not null references orders.orders,
    delivery_order_id uuid,
    detail            text        not null,
    opened_at         timestamptz not null default now(),
    closed_at         timestamptz,
    closed_by         text,
    resolution        text,
    version           integer     not null default 1
);

create index operator_tasks_open on orders.operator_tasks (task_id) where closed_at is null;
create index operator_tasks_by_order on orders.operator_tasks (order_id);
