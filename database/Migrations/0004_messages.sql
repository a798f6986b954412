-- Messages in and out, each stored in the transaction that it belongs to. The columns are a contract between modules.

create schema messages;

create table messages.inbox (
    inbox_id       bigint      generated always as identity,
    sender         text        not null,                    -- 'partner'
    event_id       text        not null,                    -- the sender's
    aggregate_id   uuid        not null,                    -- which delivery order it is about
    body           text        not null,                    -- as it came
    received_at    timestamptz not null default now(),
    tries          integer     not null default 0,          -- how often handing it on has failed
    next_try_at    timestamptz not null default now(),
    last_error     text,
    handled_at     timestamptz,
    outcome        text,
    outcome_detail text,

    constraint inbox_pkey primary key (inbox_id),
    constraint inbox_event_key unique (sender, event_id),
    constraint inbox_outcome_check check (outcome in ('DELIVERED', 'UNROUTABLE'))
);
comment on table messages.inbox is 'An event of an outside party, stored once before it is acknowledged; a relay hands it to its workflow.';

create index inbox_unhandled on messages.inbox (next_try_at, inbox_id) where handled_at is null;

create table messages.outbox (
    outbox_id    bigint      generated always as identity,  -- the order of recording
    event_id     uuid        not null,                      -- who receives it twice knows it by this
    topic        text        not null,                      -- 'order.completed', 'delivery.confirmed'
    aggregate_id uuid        not null,                      -- which order or delivery order
    payload      jsonb       not null,
    recorded_at  timestamptz not null default now(),
    position     bigint,                                    -- the place among all that are published, without gaps; null: not published yet
    published_at timestamptz,

    constraint outbox_pkey primary key (outbox_id),
    constraint outbox_event_key unique (event_id),
    constraint outbox_once_key unique (topic, aggregate_id),
    constraint outbox_position_key unique (position)
);
comment on table messages.outbox is
    'An event for others: recorded with what it tells of, published by getting its position. Readers follow the positions, in which an '
    'aggregate''s events keep their order.';

create index outbox_unpublished on messages.outbox (outbox_id) where position is null;
