-- Who buys, what is sold, and how much of it there is. (The migrator itself makes the schema orders, where it keeps its list.)

create table orders.customers (
    customer_id uuid        not null primary key,
    name        text        not null,
    email       text        not null,
    address     jsonb,                                  -- where physical lines go unless an order says otherwise
    created_at  timestamptz not null default now(),
    version     integer     not null default 1
);

create table orders.products (
    sku         text        not null primary key,
    name        text        not null,
    kind        text        not null check (kind in ('PHYSICAL', 'DIGITAL')),
    price_cents bigint      not null check (price_cents > 0),
    on_sale     boolean     not null default true,
    version     integer     not null default 1
);

-- What is reserved is still on hand; what can be promised is the difference, and it is never negative.
create table orders.stock (
    sku         text        not null primary key references orders.products,
    on_hand     integer     not null check (on_hand >= 0),
    reserved    integer     not null default 0 check (reserved >= 0),
    version     integer     not null default 1,
    check (reserved <= on_hand)
) with (fillfactor = 50);                               -- room for updates in place: these rows are the busiest of all
