-- The moves of the published delivery graphs, workflows/Deliveries/delivery-graph.v*.yaml; a test holds the two equal. A further version is a
-- further script.

create table deliveries.graph_moves (
    version    integer not null,
    from_state text    not null,
    event      text    not null,
    to_state   text    not null,
    ends_in    text    not null,                            -- to_state, or where that leads at once

    constraint graph_moves_pkey primary key (version, from_state, event)
);
comment on table deliveries.graph_moves is 'What may happen to a delivery order, by the version of the delivery graph that it lives by.';

insert into deliveries.graph_moves (version, from_state, event, to_state, ends_in) values
    (1, 'CREATED', 'PICKED_UP', 'PICKED_UP', 'PICKED_UP'),
    (1, 'CREATED', 'REJECTED', 'DELIVERY_FAILED', 'PENDING_BY_OPERATOR'),
    (1, 'CREATED', 'PICKUP_OVERDUE', 'DELIVERY_FAILED', 'PENDING_BY_OPERATOR'),
    (1, 'CREATED', 'CANCEL', 'CANCELLED', 'CANCELLED'),
    (1, 'PICKED_UP', 'DELIVERED', 'DELIVERED', 'DELIVERED'),
    (1, 'PICKED_UP', 'FAILED', 'DELIVERY_FAILED', 'PENDING_BY_OPERATOR'),
    (1, 'PICKED_UP', 'REJECTED', 'DELIVERY_FAILED', 'PENDING_BY_OPERATOR'),
    (1, 'PICKED_UP', 'DELIVERY_OVERDUE', 'DELIVERY_FAILED', 'PENDING_BY_OPERATOR'),
    (1, 'DELIVERED', 'CONFIRM_RECEIPT', 'DELIVERY_CONFIRMED', 'DELIVERY_CONFIRMED'),
    (1, 'DELIVERED', 'CONFIRM_BY_SILENCE', 'DELIVERY_CONFIRMED', 'DELIVERY_CONFIRMED'),
    (1, 'DELIVERED', 'DISPUTE', 'DELIVERY_FAILED', 'PENDING_BY_OPERATOR'),
    (1, 'DELIVERED', 'FAILED', 'DELIVERY_FAILED', 'PENDING_BY_OPERATOR'),
    (1, 'DELIVERED', 'REJECTED', 'DELIVERY_FAILED', 'PENDING_BY_OPERATOR'),
    (1, 'DELIVERY_FAILED', 'ASK_OPERATOR', 'PENDING_BY_OPERATOR', 'PENDING_BY_OPERATOR'),
    (1, 'PENDING_BY_OPERATOR', 'REDELIVER', 'SUPERSEDED', 'SUPERSEDED'),
    (1, 'PENDING_BY_OPERATOR', 'CANCEL', 'CANCELLED', 'CANCELLED'),
    (1, 'PENDING_BY_OPERATOR', 'CONFIRM_WITH_PROOF', 'DELIVERY_CONFIRMED', 'DELIVERY_CONFIRMED');

insert into deliveries.graph_moves (version, from_state, event, to_state, ends_in)
select 2, from_state, event, to_state, ends_in from deliveries.graph_moves where version = 1
union all
values (2, 'PICKED_UP', 'DISPUTE', 'DELIVERY_FAILED', 'PENDING_BY_OPERATOR');

create function deliveries.refuse_unknown_change() returns trigger language plpgsql as $$
begin
    if old.graph_version <> new.graph_version or not exists (
        select from deliveries.graph_moves
        where version = old.graph_version and from_state = old.state and ends_in = new.state)
    then
        raise exception 'delivery order % lives by delivery graph %, which has no way from % to %',
            old.delivery_order_id, old.graph_version, old.state, new.state using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger delivery_orders_follow_their_graph before update of state, graph_version on deliveries.delivery_orders
    for each row when (old.state <> new.state or old.graph_version <> new.graph_version)
    execute function deliveries.refuse_unknown_change();

create function deliveries.refuse_unknown_move() returns trigger language plpgsql as $$
begin
    if not exists (
        select from deliveries.delivery_orders d
        join deliveries.graph_moves m on m.version = d.graph_version and m.from_state = new.from_state and m.event = new.event
        where d.delivery_order_id = new.delivery_order_id and m.to_state = new.to_state)
    then
        raise exception 'the delivery graph of delivery order % has no move % from % to %',
            new.delivery_order_id, new.event, new.from_state, new.to_state using errcode = 'check_violation';
    end if;
    return new;
end $$;

-- A first row has no state before it, and what is recorded without being applied moves nothing.
create trigger delivery_audit_follows_its_graph before insert on deliveries.delivery_audit
    for each row when (new.from_state <> new.to_state)
    execute function deliveries.refuse_unknown_move();
