-- Messages in and out, each stored in the transaction that it belongs to. The columns are a contract between modules.

create schema messages;

create table messages.inbox (
    inbox_id       bigint      generated always as identity,
    sender         text        not null,                    -- 'partner', 'payments'
    event_id       text        not null,                    -- the sender's
    aggregate_id   uuid,                                    -- which delivery order, or order, it is about; null: its type is unknown
    body           text        not null,                    -- as it came
    received_at    timestamptz not null default now(),
    tries          integer     not null default 0,          -- how often handing it on has failed
    next_try_at    timestamptz not null default now(),
    last_error     text,
    handled_at     timestamptz,
    outcome        text,
    outcome_detail text,

    constraint inbox_pkey primary key (inbox_id),
    constraint inbox_outcome_check check (outcome in ('DELIVERED', 'LATE', 'UNROUTABLE', 'UNKNOWN_TYPE', 'CONFLICTING'))
);
comment on table messages.inbox is 'An event of an outside party, stored once before it is acknowledged; a relay hands it to its workflow.';

-- An event id says one thing. Whatever else is sent under it is kept beside it, once, and is not handed on.
create unique index inbox_event_once on messages.inbox (sender, event_id) where outcome is distinct from 'CONFLICTING';
create unique index inbox_conflict_once on messages.inbox (sender, event_id, md5(body)) where outcome = 'CONFLICTING';

create index inbox_unhandled on messages.inbox (sender, next_try_at, inbox_id) where handled_at is null;

create index inbox_refused on messages.inbox (sender, outcome, inbox_id) where outcome in ('UNROUTABLE', 'CONFLICTING');
create index inbox_handled on messages.inbox (handled_at) where handled_at is not null;

create table messages.outbox (
    outbox_id    bigint      generated always as identity,  -- the order of recording
    event_id     uuid        not null,                      -- who receives it twice knows it by this
    topic        text        not null,                      -- 'order.completed', 'order.failed', 'order.cancelled', 'delivery.confirmed', 'customer.reminder'
    aggregate_id uuid        not null,                      -- which order or delivery order
    occasion     text        not null default '',           -- which happening of it, where the same may happen again: an order's attempt
    payload      jsonb       not null,
    recorded_at  timestamptz not null default now(),
    position     bigint,                                    -- the place among all that are published, without gaps; null: not published yet
    published_at timestamptz,

    constraint outbox_pkey primary key (outbox_id),
    constraint outbox_event_key unique (event_id),
    constraint outbox_once_key unique (topic, aggregate_id, occasion),
    constraint outbox_position_key unique (position)
);
comment on table messages.outbox is
    'An event for others: recorded with what it tells of, published by getting its position. Readers follow the positions, in which an '
    'aggregate''s events keep their order.';

create table messages.readers (
    reader   text   not null,
    position bigint not null default 0,                     -- of the last event that it has dealt with

    constraint readers_pkey primary key (reader)
);
comment on table messages.readers is
    'Who follows the outbox, and how far: each moves its own cursor. No event is forgotten that a reader has not passed.';

insert into messages.readers (reader) values ('vouchers');

create index outbox_unpublished on messages.outbox (outbox_id) where position is null;

-- Orders fail and are cancelled by several statements, none of which can forget to say so.
create function messages.record_end_of_order() returns trigger language plpgsql as $$
begin
    insert into messages.outbox (event_id, topic, aggregate_id, occasion, payload)
    values (gen_random_uuid(), 'order.' || lower(new.status), new.order_id, new.attempt::text, jsonb_build_object(
        'orderId', new.order_id, 'customerId', new.customer_id, 'attempt', new.attempt, 'failure', new.failure_type, 'reason', new.reason));
    return null;
end
$$;

create trigger orders_record_their_end after update of status on orders.orders
    for each row when (old.status <> new.status and new.status in ('FAILED', 'CANCELLED'))
    execute function messages.record_end_of_order();
