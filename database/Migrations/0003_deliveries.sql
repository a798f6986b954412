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
    waits_until             timestamptz,                    -- when the state ends by itself; null: it does not, or nothing has happened yet
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

create table deliveries.receipt_tries (
    delivery_order_id uuid        not null,
    wrong             text[]      not null,                 -- which tries were wrong since the last right one, or since the lock ended
    locked_till       timestamptz,                          -- no PIN is right until then

    constraint receipt_tries_pkey primary key (delivery_order_id),
    constraint receipt_tries_delivery_order_fkey foreign key (delivery_order_id) references deliveries.delivery_orders
);
comment on table deliveries.receipt_tries is 'Wrong PINs that somebody gave for a parcel''s receipt, until it is over. The PIN itself is derived from the id.';

create table orders.operator_tasks (
    task_id           uuid        not null,                 -- in the order of opening
    task_key          text        not null,                 -- what the task is about: of one key one task is open
    occasion          text        not null default '',      -- which happening of it opened the task, so that it is told once
    occurrence        integer     not null default 1,       -- the how many-th task of its key
    kind              text        not null,
    order_id          uuid,                                 -- null: it is about no single order
    delivery_order_id uuid,
    workflow_run      text,                                 -- the run that opened it; null: none did
    detail            text        not null,
    opened_at         timestamptz not null default now(),
    claimed_by        text,
    claimed_till      timestamptz,
    closed_at         timestamptz,
    closed_by         text,
    announced_at      timestamptz,                          -- when a worker's log told of it; null: that is due
    resolution        text,                                 -- by an operator's word; null: what opened it has closed it
    reason            text,                                 -- why it is closed
    version           integer     not null default 1,

    constraint operator_tasks_pkey primary key (task_id),
    constraint operator_tasks_order_fkey foreign key (order_id) references orders.orders,
    constraint operator_tasks_delivery_order_fkey foreign key (delivery_order_id) references deliveries.delivery_orders,
    constraint operator_tasks_claim_check check ((claimed_by is null) = (claimed_till is null))
);
comment on table orders.operator_tasks is
    'What a human must do because the system could not. When the same thing happens again after it was closed, that is a new task.';

create index operator_tasks_by_key on orders.operator_tasks (task_key, occasion);
create unique index operator_tasks_open_key on orders.operator_tasks (task_key) where closed_at is null;
create index operator_tasks_open on orders.operator_tasks (task_id) where closed_at is null;
create index operator_tasks_by_order on orders.operator_tasks (order_id, task_id);
create index operator_tasks_unannounced on orders.operator_tasks (task_id) where announced_at is null;
create index operator_tasks_closed on orders.operator_tasks (closed_at) where closed_at is not null;

create table orders.operator_task_audit (
    audit_id bigint      generated always as identity,
    task_id  uuid        not null,
    event    text        not null,
    actor    text        not null,
    text     text,                                          -- the note, or why
    at       timestamptz not null default now(),
    request  text,                                          -- the request that wrote it: sent twice it is written once

    constraint operator_task_audit_pkey primary key (audit_id),
    constraint operator_task_audit_request_key unique (request),
    constraint operator_task_audit_task_fkey foreign key (task_id) references orders.operator_tasks on delete cascade,
    constraint operator_task_audit_event_check check (event in ('OPENED', 'AGAIN', 'CLAIMED', 'RELEASED', 'NOTED', 'CLOSED'))
);
comment on table orders.operator_task_audit is 'Everything that happened to a task, notes included. Append-only; it goes with its task.';

create index operator_task_audit_by_task on orders.operator_task_audit (task_id, audit_id);

create trigger operator_task_audit_is_append_only before update or truncate on orders.operator_task_audit
    for each statement execute function orders.refuse_change();

create function orders.refuse_forgetting_of_a_kept_task() returns trigger language plpgsql as $$
begin
    if exists (select from orders.operator_tasks where task_id = old.task_id) then
        raise exception 'orders.operator_task_audit is append-only: % refused', tg_op using errcode = 'restrict_violation';
    end if;
    return old;
end
$$;

create trigger operator_task_audit_goes_with_its_task before delete on orders.operator_task_audit
    for each row execute function orders.refuse_forgetting_of_a_kept_task();

-- Tasks are opened and closed by many statements, none of which can forget to say so. What operators do to a task is said where it is done.
create function orders.audit_operator_task() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into orders.operator_task_audit (task_id, event, actor, text) values (new.task_id, 'OPENED', 'system', new.detail);
    elsif old.closed_at is null and new.closed_at is not null and new.resolution is null then
        insert into orders.operator_task_audit (task_id, event, actor, text) values (new.task_id, 'CLOSED', new.closed_by, new.reason);
    elsif old.occasion <> new.occasion then
        insert into orders.operator_task_audit (task_id, event, actor, text) values (new.task_id, 'AGAIN', 'system', new.detail);
    end if;
    return null;
end
$$;

create trigger operator_tasks_are_audited after insert or update on orders.operator_tasks
    for each row execute function orders.audit_operator_task();

create table orders.reconciliations (
    run_id      text        not null,
    finished_at timestamptz not null,
    report      jsonb       not null,

    constraint reconciliations_pkey primary key (run_id)
);
comment on table orders.reconciliations is 'What a pass of the reconciliation has found. The last ones are kept.';

create index reconciliations_latest on orders.reconciliations (finished_at);
