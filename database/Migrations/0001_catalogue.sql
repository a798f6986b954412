-- Who buys, what is sold, and how much of it there is. The migrator makes the schema orders, where it keeps its list.

create function orders.json_time(moment timestamptz) returns text language sql stable strict parallel safe as $$
    select to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
comment on function orders.json_time is 'A time as every answer of the API writes it, whatever the session''s time zone.';

create table orders.customers (
    customer_id uuid    not null,
    name        text    not null,
    email       text    not null,
    language    text    not null default 'en',              -- of what is written to them
    address     jsonb,                                      -- where physical lines go unless an order says otherwise
    version     integer not null default 1,

    constraint customers_pkey primary key (customer_id),
    constraint customers_language_check check (language in ('de', 'en'))
);
comment on table orders.customers is 'One row per customer.';

create table orders.products (
    sku         text    not null,
    name        text    not null,
    kind        text    not null,
    price_cents bigint  not null,
    on_sale     boolean not null default true,
    version     integer not null default 1,

    constraint products_pkey primary key (sku),
    constraint products_sku_check check (length(sku) <= 40 and sku ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$'),
    constraint products_kind_check check (kind in ('PHYSICAL', 'DIGITAL')),
    constraint products_price_check check (price_cents > 0)
);
comment on table orders.products is 'One row per article of the catalogue, on sale or not.';

create table orders.stock (
    sku        text    not null,
    on_hand    integer not null,                            -- on the shelf
    reserved   integer not null default 0,                  -- of these
    in_transit integer not null default 0,                  -- with the partner: neither on the shelf nor sold
    version    integer not null default 1,

    constraint stock_pkey primary key (sku),
    constraint stock_sku_fkey foreign key (sku) references orders.products,
    constraint stock_on_hand_check check (on_hand >= 0),
    constraint stock_reserved_check check (reserved between 0 and on_hand),
    constraint stock_in_transit_check check (in_transit >= 0)
) with (fillfactor = 50);                                   -- room for updates in place: these rows are the busiest of all
comment on table orders.stock is
    'How much of one article there is. What is reserved is still on hand; the difference, which can be promised, is never negative.';
