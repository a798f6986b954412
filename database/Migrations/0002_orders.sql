-- An order, what it holds of the stock, what was charged and granted for it, and everything that ever happened to it.

create table orders.orders (
    order_id         uuid        not null,
    customer_id      uuid        not null,
    status           text        not null,
    attempt          integer     not null default 1,        -- a retry of a FAILED order is the next one
    total_cents      bigint      not null,                  -- before any discount
    discount_cents   bigint      not null default 0,
    item_count       integer     not null,
    voucher_code     text,
    payment_token    text        not null,
    delivery_address jsonb,
    failure_type     text,                                  -- why it is FAILED, for programs
    reason           text,                                  -- why it is FAILED, CANCELLED or fulfilled by hand, for people
    undoing          boolean     not null default false,    -- the attempt takes no further effect: it is being undone, or was
    undo_failure     text,                                  -- as what the attempt that is being undone ends: FAILED by this; null: CANCELLED
    undo_reason      text,
    undo_actor       text,
    placed_at        timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    version          integer     not null default 1,

    constraint orders_pkey primary key (order_id),
    constraint orders_customer_fkey foreign key (customer_id) references orders.customers,
    constraint orders_status_check check (status in (
        'PENDING', 'VALIDATING', 'INVENTORY_CHECK', 'PAYMENT_PROCESSING', 'FULFILLMENT', 'COMPLETED', 'FAILED', 'CANCELLED')),
    constraint orders_attempt_check check (attempt > 0),
    constraint orders_total_check check (total_cents >= 0),
    constraint orders_discount_check check (discount_cents >= 0),
    constraint orders_item_count_check check (item_count > 0)
) with (fillfactor = 70);
comment on table orders.orders is 'One row per order, as it stands now.';

create table orders.order_lines (
    order_id         uuid    not null,
    line_number      integer not null,
    sku              text    not null,
    name             text    not null,
    kind             text    not null,
    quantity         integer not null,
    unit_price_cents bigint  not null,

    constraint order_lines_pkey primary key (order_id, line_number),
    constraint order_lines_order_fkey foreign key (order_id) references orders.orders,
    constraint order_lines_sku_fkey foreign key (sku) references orders.products,
    constraint order_lines_kind_check check (kind in ('PHYSICAL', 'DIGITAL')),
    constraint order_lines_quantity_check check (quantity > 0),
    constraint order_lines_unit_price_check check (unit_price_cents >= 0)
);
comment on table orders.order_lines is
    'So many of one article in an order, with the catalogue''s name and price at the time of the order. Never changed.';

create table orders.reservations (
    order_id    uuid        not null,
    attempt     integer     not null,
    parcel      integer     not null,                       -- the attempt of the delivery order that brings the goods; 0: the e-books
    state       text        not null,
    skus        text[]      not null,                       -- each once, sorted, with its quantity below
    quantities  integer[]   not null,
    short_skus  text[]      not null default '{}',          -- why it was REFUSED
    reserved_at timestamptz not null default now(),
    version     integer     not null default 1,

    constraint reservations_pkey primary key (order_id, attempt, parcel),
    constraint reservations_order_fkey foreign key (order_id) references orders.orders,
    constraint reservations_parcel_check check (parcel >= 0),
    constraint reservations_state_check check (state in (
        'HELD', 'REFUSED', 'RELEASED', 'IN_TRANSIT', 'COMMITTED', 'RETURNED', 'LOST', 'KEPT'))
);
comment on table orders.reservations is
    'The goods of a parcel, or the e-books, of an attempt of an order: what is held of the stock, all or nothing, and what became of it.';
comment on column orders.reservations.state is
    'HELD: on the shelf, not for sale. REFUSED: never held. RELEASED: for sale again, never left. IN_TRANSIT: picked up. COMMITTED: sold.
After the pickup, by an operator''s word, RETURNED: on the shelf again. LOST or KEPT (left with the customer, paid for by us): written off.';

create table orders.payments (
    payment_id          uuid        not null,
    order_id            uuid        not null,
    attempt             integer     not null,
    provider_payment_id text,                               -- null until the provider has answered
    status              text        not null,
    amount_cents        bigint      not null,
    reason              text,
    created_at          timestamptz not null default now(),
    updated_at          timestamptz not null default now(),
    version             integer     not null default 1,

    constraint payments_pkey primary key (payment_id),
    constraint payments_attempt_key unique (order_id, attempt),
    constraint payments_provider_payment_key unique (provider_payment_id),
    constraint payments_order_fkey foreign key (order_id) references orders.orders,
    constraint payments_status_check check (status in ('PENDING', 'SETTLED', 'DECLINED', 'REFUNDED', 'VOIDED')),
    constraint payments_amount_check check (amount_cents >= 0)
);
comment on table orders.payments is
    'The charge of an attempt of an order; stored before the provider is asked, so that no charge is unknown here.';

create table orders.digital_grants (
    order_id   uuid        not null,
    attempt    integer     not null,
    sku        text        not null,
    quantity   integer     not null,
    granted_at timestamptz not null default now(),
    revoked_at timestamptz,
    version    integer     not null default 1,

    constraint digital_grants_pkey primary key (order_id, attempt, sku),
    constraint digital_grants_order_fkey foreign key (order_id) references orders.orders,
    constraint digital_grants_sku_fkey foreign key (sku) references orders.products,
    constraint digital_grants_quantity_check check (quantity > 0)
);
comment on table orders.digital_grants is
    'A digital article that the customer may use since an attempt of an order granted it, until it was revoked.';

create table orders.order_audit (
    audit_id     bigint      generated always as identity,
    order_id     uuid        not null,
    attempt      integer     not null,
    from_status  text,                                      -- null: the order was accepted
    to_status    text        not null,
    event        text        not null,
    failure_type text,                                      -- of a change to FAILED: the order's row forgets it when it is retried
    reason       text,
    actor        text        not null,
    at           timestamptz not null default now(),
    workflow_run text,                                      -- null: no run made the change (accepted, retried)

    constraint order_audit_pkey primary key (audit_id),
    constraint order_audit_change_key unique (order_id, attempt, to_status),        -- an attempt enters a status once, in whatever run
    constraint order_audit_order_fkey foreign key (order_id) references orders.orders
);
comment on table orders.order_audit is 'A change of an order''s status, once however often it is told. Append-only.';

create function orders.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_schema || '.' || tg_table_name, tg_op
        using errcode = 'restrict_violation';
end
$$;

create trigger order_audit_is_append_only before update or delete or truncate on orders.order_audit
    for each statement execute function orders.refuse_change();

create table orders.starts (
    order_id    uuid        not null,
    attempt     integer     not null,
    accepted_at timestamptz not null default now(),
    tries       integer     not null default 0,             -- how often starting it has failed
    next_try_at timestamptz not null default now(),         -- while a relay has taken it: when its lease ends
    last_error  text,
    taken_at    timestamptz,                                -- since when a relay is starting it, or did
    started_at  timestamptz,
    waiting_at  timestamptz,                                -- when it first waited for the world outside, or ended
    resumed     boolean     not null default false,         -- the attempt has begun before, and its run is gone

    constraint starts_pkey primary key (order_id),
    constraint starts_order_fkey foreign key (order_id) references orders.orders
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
comment on table orders.starts is
    'The start of an accepted order''s workflow, from the acceptance to the order''s first durable wait; forgotten soon after.';

create index starts_due on orders.starts (accepted_at, order_id) where started_at is null and waiting_at is null;
create index starts_in_flight on orders.starts (taken_at) where taken_at is not null and waiting_at is null;
create index starts_left on orders.starts (waiting_at) where waiting_at is not null;

create table orders.cancellations (
    cancellation_id text        not null,                   -- the id of the workflow update that it becomes
    order_id        uuid        not null,
    attempt         integer     not null,
    actor           text        not null,
    reason          text        not null,
    requested_at    timestamptz not null default now(),
    tries           integer     not null default 0,         -- how often the workflow has not answered
    next_try_at     timestamptz not null,                   -- while somebody is asking the workflow: when their lease ends
    last_error      text,
    settled_at      timestamptz,
    refusal         text,                                   -- of one that is settled: why the order went on; null: it is CANCELLED

    constraint cancellations_pkey primary key (cancellation_id),
    constraint cancellations_order_fkey foreign key (order_id) references orders.orders,
    constraint cancellations_refusal_check check (refusal is null or settled_at is not null)
);
comment on table orders.cancellations is
    'Somebody wants an order cancelled: stored before its workflow is asked, and asked of it until it grants or refuses.';

-- Whoever asks while another has asked shares the outcome.
create unique index cancellations_one_open on orders.cancellations (order_id, attempt) where settled_at is null;
create index cancellations_due on orders.cancellations (next_try_at) where settled_at is null;
create index cancellations_by_order on orders.cancellations (order_id, requested_at);

create table orders.idempotency_keys (
    scope        text        not null,                      -- who asked and for what: actor and route
    key          text        not null,
    request_hash bytea       not null,
    status_code  integer,                                   -- null: the request is running, or the host that ran it died
    location     text,
    content_type text,
    body         text,
    running_till timestamptz,                               -- until when nobody else runs it
    created_at   timestamptz not null default now(),

    constraint idempotency_keys_pkey primary key (scope, key),
    constraint idempotency_keys_answer_check check ((status_code is null) = (body is null))
);
comment on table orders.idempotency_keys is
    'The answer to a request with an Idempotency-Key: the same key and body get it again, until it is forgotten.';

create index idempotency_keys_oldest_first on orders.idempotency_keys (created_at);
