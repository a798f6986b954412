-- Where merchants want to be told of orders and deliveries, and what became of telling them.

create table messages.webhook_endpoints (
    endpoint_id         uuid        not null,
    owner               text        not null,               -- who made it
    url                 text        not null,
    topics              text[]      not null,               -- 'order.completed', or 'order.*'
    secret              bytea       not null,               -- signs
    old_secret          bytea,                              -- signs too
    old_secret_till     timestamptz,
    rotated_by          text,                               -- the request that made the secret: sent again it makes no other old one
    created_at          timestamptz not null default now(),
    paused_at           timestamptz,                        -- nothing is sent; what happens meanwhile waits
    pause_reason        text,
    failures            integer     not null default 0,     -- rounds in a row in which nothing was taken
    next_try_at         timestamptz not null default now(), -- nothing is sent before
    version             integer     not null default 1,

    constraint webhook_endpoints_pkey primary key (endpoint_id),
    constraint webhook_endpoints_old_secret_check check ((old_secret is null) = (old_secret_till is null)),
    constraint webhook_endpoints_pause_check check ((paused_at is null) = (pause_reason is null))
);
comment on table messages.webhook_endpoints is 'A merchant''s address that is told of what is published.';

create table messages.webhook_deliveries (
    endpoint_id  uuid        not null,
    position     bigint      not null,                      -- which event
    order_id     uuid        not null,                      -- what comes later about it waits until this is taken
    state        text        not null default 'WAITING',
    tries        integer     not null default 0,
    recorded_at  timestamptz not null default now(),
    tried_since  timestamptz,                               -- since when it is being tried without success
    next_try_at  timestamptz not null default now(),        -- while it is being sent: when that is given up
    answered     integer,                                   -- the last answer's status; null: there was none
    detail       text,                                      -- the beginning of the last answer, or why there was none
    took_ms      integer,
    delivered_at timestamptz,

    constraint webhook_deliveries_pkey primary key (endpoint_id, position),
    constraint webhook_deliveries_endpoint_fkey foreign key (endpoint_id) references messages.webhook_endpoints on delete cascade,
    constraint webhook_deliveries_event_fkey foreign key (position) references messages.outbox (position) on delete cascade,
    constraint webhook_deliveries_state_check check (state in ('WAITING', 'DELIVERED'))
);
comment on table messages.webhook_deliveries is 'An event for an endpoint: at least once, those of one order in order. It goes with its event.';

create index webhook_deliveries_due on messages.webhook_deliveries (endpoint_id, next_try_at) where state = 'WAITING';
create index webhook_deliveries_by_order on messages.webhook_deliveries (endpoint_id, order_id, position) where state = 'WAITING';
create index webhook_deliveries_by_event on messages.webhook_deliveries (position);
