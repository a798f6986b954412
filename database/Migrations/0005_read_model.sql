-- What status reads see, and what the projector has yet to show them.

-- Of all rows of the read model: one that is written anew, after it was lost, never gets a version that it has had.
create sequence orders.view_versions;

create table orders.order_view (
    order_id       uuid        not null,
    customer_id    uuid        not null,
    status         text        not null,
    item_count     integer     not null,
    total_cents    bigint      not null,
    discount_cents bigint      not null,
    placed_at      timestamptz not null,
    document       jsonb       not null,
    version        bigint      not null default nextval('orders.view_versions'),    -- another with every change that a reader could see

    constraint order_view_pkey primary key (order_id)
) with (fillfactor = 60);
comment on table orders.order_view is 'An order as status reads see it: the whole answer as JSON, and what lists and sums ask for.';

-- Most updates leave the status as it is (a delivery goes on): they touch no index.
create index order_view_by_customer on orders.order_view (customer_id, order_id desc);
create index order_view_by_customer_and_status on orders.order_view (customer_id, status, order_id desc);
create index order_view_by_status on orders.order_view (status, order_id desc);

create table deliveries.delivery_view (
    delivery_order_id uuid   not null,
    order_id          uuid   not null,
    customer_id       uuid   not null,
    state             text   not null,
    document          jsonb  not null,
    version           bigint not null default nextval('orders.view_versions'),    -- another with every change that a reader could see

    constraint delivery_view_pkey primary key (delivery_order_id)
) with (fillfactor = 60);
comment on table deliveries.delivery_view is 'A delivery order as status reads see it: the whole answer as JSON, and what lists ask for.';

create index delivery_view_by_state on deliveries.delivery_view (state, delivery_order_id);

-- A sequence read with a cursor would skip a row whose transaction commits after a later row's; a mark is simply there once its
-- transaction has committed, whenever that is.
create table orders.projection_marks (
    mark_id           bigint generated always as identity,
    order_id          uuid   not null,
    delivery_order_id uuid,                                 -- null: the order's own row changed

    constraint projection_marks_pkey primary key (mark_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
comment on table orders.projection_marks is
    'A change that the read model does not show yet: written by the transaction that makes it, deleted by the one that projects it.';

create function orders.mark_order() returns trigger language plpgsql as $$
begin
    insert into orders.projection_marks (order_id) values (new.order_id);
    return null;
end
$$;

-- The accepting transaction writes the first view row itself.
create trigger order_audit_marks after insert on orders.order_audit
    for each row when (new.from_status is not null) execute function orders.mark_order();

-- A cancellation that is asked for, or is settled, can be seen.
create trigger cancellation_marks after insert or update of settled_at on orders.cancellations
    for each row execute function orders.mark_order();

create function deliveries.mark_delivery() returns trigger language plpgsql as $$
begin
    insert into orders.projection_marks (order_id, delivery_order_id)
        select d.order_id, d.delivery_order_id
        from deliveries.delivery_orders d
        where d.delivery_order_id = new.delivery_order_id;
    return null;
end
$$;

create trigger delivery_audit_marks after insert on deliveries.delivery_audit
    for each row execute function deliveries.mark_delivery();
