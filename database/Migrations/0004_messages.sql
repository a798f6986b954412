-- Messages in and out, each stored in the transaction that it belongs to. The columns are a contract between modules.

create schema messages;

create table messages.inbox (
    inbox_id       bigint      generated always as identity,
    sender         text        not null,                    -- 'partner', 'payments'
    event_id       text        not null,                    -- the sender's
    aggregate_id   uuid,                                    -- which delivery order, or order, it is about; null: nothing that we know
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
    topic        text        not null,                      -- docs/events.md lists them
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
    reader       text        not null,
    position     bigint      not null default 0,            -- of the last event that it has dealt with
    last_error   text,                                      -- why it does not come past that

    constraint readers_pkey primary key (reader)
);
comment on table messages.readers is
    'Who follows the outbox, and how far: each moves its own cursor, under a lock of its row. No event is forgotten that a reader has not passed.';

insert into messages.readers (reader) values ('vouchers');

create table messages.parked (
    reader      text        not null,
    position    bigint      not null,
    order_id    uuid        not null,                       -- what else is about it waits behind it
    reason      text,                                       -- null: it waits behind an earlier one
    given_up    boolean     not null default false,         -- an operator has: its reader takes it away without reading it
    tries       integer     not null default 1,
    parked_at   timestamptz not null default now(),
    next_try_at timestamptz not null,

    constraint parked_pkey primary key (reader, position),
    constraint parked_reader_fkey foreign key (reader) references messages.readers on delete cascade,
    constraint parked_event_fkey foreign key (position) references messages.outbox (position)
);
comment on table messages.parked is
    'An event that a reader cannot deal with, and those about the same order after it: the reader has passed them, and comes back.';

create index parked_by_order on messages.parked (reader, order_id, position);

create index outbox_unpublished on messages.outbox (outbox_id) where position is null;

-- Every change of an order or a delivery writes its audit row, once, whatever statement makes it: what others are told follows from it.
create function messages.record_change_of_order() returns trigger language plpgsql as $$
begin
    insert into messages.outbox (event_id, topic, aggregate_id, occasion, payload)
    select gen_random_uuid(), 'order.' || case new.to_status when 'PENDING' then 'accepted' else lower(new.to_status) end, o.order_id,
        case new.to_status when 'FAILED' then new.attempt::text else '' end,
        jsonb_strip_nulls(jsonb_build_object('orderId', o.order_id, 'customerId', o.customer_id, 'attempt', new.attempt,
            'totalCents', o.total_cents, 'discountCents', o.discount_cents, 'failure', new.failure_type, 'reason', new.reason,
            'lines', case new.to_status when 'COMPLETED' then (
                select jsonb_agg(jsonb_build_object(
                    'sku', l.sku, 'name', l.name, 'quantity', l.quantity, 'unitPriceCents', l.unit_price_cents, 'kind', l.kind)
                    order by l.line_number)
                from orders.order_lines l where l.order_id = o.order_id) end))
    from orders.orders o
    where o.order_id = new.order_id;
    return null;
end
$$;

create trigger order_audit_is_told after insert on orders.order_audit
    for each row when (new.from_status is null or new.to_status in ('COMPLETED', 'FAILED', 'CANCELLED'))
    execute function messages.record_change_of_order();

create function messages.record_change_of_delivery() returns trigger language plpgsql as $$
begin
    insert into messages.outbox (event_id, topic, aggregate_id, payload)
    select gen_random_uuid(),
        'delivery.' || case new.to_state when 'DELIVERY_FAILED' then 'failed' when 'DELIVERY_CONFIRMED' then 'confirmed' else lower(new.to_state) end,
        d.delivery_order_id,
        jsonb_strip_nulls(jsonb_build_object('deliveryOrderId', d.delivery_order_id, 'orderId', d.order_id, 'customerId', d.customer_id,
            'attempt', d.attempt, 'reason', new.reason, 'waitsUntil', case new.to_state when 'DELIVERED' then orders.json_time(d.waits_until) end,
            'confirmedBy', case new.to_state when 'DELIVERY_CONFIRMED' then split_part(new.actor, ':', 1) end))
    from deliveries.delivery_orders d
    where d.delivery_order_id = new.delivery_order_id;
    return null;
end
$$;

create trigger delivery_audit_is_told after insert on deliveries.delivery_audit
    for each row when (new.from_state <> new.to_state and new.to_state in ('PICKED_UP', 'DELIVERED', 'DELIVERY_FAILED', 'DELIVERY_CONFIRMED'))
    execute function messages.record_change_of_delivery();
