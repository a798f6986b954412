-- Messages in and out, each stored in the transaction that it belongs to.

-- Raw events of outside parties, stored once before they are acknowledged; a relay hands them to their workflow.
create table deliveries.inbox (
    inbox_id          bigint      generated always as identity primary key,
    source            text        not null,                                 -- who sent it: 'partner'
    event_id          text        not null,
    delivery_order_id uuid        not null,                                 -- as the sender says: it may not exist
    body              text        not null,
    received_at       timestamptz not null default now(),
    outcome           text        check (outcome in ('DELIVERED', 'UNROUTABLE')),
    outcome_detail    text,
    handled_at        timestamptz,
    tries             integer     not null default 0,
    next_try_at       timestamptz not null default now(),
    last_error        text,
    unique (source, event_id)
);

create index inbox_unhandled on deliveries.inbox (next_try_at, inbox_id) where handled_at is null;
create index inbox_by_delivery on deliveries.inbox (delivery_order_id, inbox_id);

-- Events for others, published at least once and in order within an aggregate.
create table orders.outbox (
    position          bigint      generated always as identity primary key,
    event_id          uuid        not null unique,
    topic             text        not null,
    aggregate_id      uuid        not null,
    payload           jsonb       not null,
    recorded_at       timestamptz not null default now(),
    published_at      timestamptz,
    unique (topic, aggregate_id)
);

create index outbox_unpublished on orders.outbox (position) where published_at is null;

-- What was published, for whoever reads events here; one row per event whatever the relay repeats.
create table orders.published_events (
    event_id          uuid        not null primary key,
    position          bigint      not null,
    topic             text        not null,
    aggregate_id      uuid        not null,
    payload           jsonb       not null,
    published_at      timestamptz not null default now()
);

create index published_events_in_order on orders.published_events (position);

-- Answers given to POSTs with an Idempotency-Key: the same key and body get the same answer again.
create table orders.idempotency_keys (
    scope             text        not null,                                 -- who asked and for what, e.g. actor and route
    key               text        not null,
    request_hash      bytea       not null,
    status_code       integer     not null,
    location          text,
    body              text        not null,
    created_at        timestamptz not null default now(),
    primary key (scope, key)
);

create index idempotency_keys_oldest_first on orders.idempotency_keys (created_at);
