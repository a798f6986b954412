-- The voucher module's own schema. It refers to orders and customers by id only: the modules share no tables.
create table vouchers.vouchers (
    voucher_id   uuid        primary key,
    order_id     uuid        not null unique,          -- one voucher per order, whatever is retried
    customer_id  uuid        not null,
    code         text        not null unique,
    amount_cents bigint      not null check (amount_cents > 0),
    state        text        not null check (state in ('DISABLED', 'READY', 'USED')),
    activated_at timestamptz,
    version      bigint      not null default 1,
    created_at   timestamptz not null default now()
);

create index vouchers_by_customer on vouchers.vouchers (customer_id, created_at desc);

-- Who used which voucher: the key makes redeeming and giving back idempotent. A use without a voucher was given back before it was redeemed.
create table vouchers.uses (
    order_id      uuid        not null,
    attempt       integer     not null,
    voucher_id    uuid        references vouchers.vouchers,
    redeemed_at   timestamptz,
    given_back_at timestamptz,
    primary key (order_id, attempt)
);

-- At most one use of a voucher is alive.
create unique index uses_alive on vouchers.uses (voucher_id) where given_back_at is null;

create table vouchers.voucher_changes (
    change_id  bigint      generated always as identity primary key,
    voucher_id uuid        not null references vouchers.vouchers,
    version    bigint      not null,
    from_state text,
    to_state   text        not null,
    event      text        not null,
    actor      text        not null,
    at         timestamptz not null default now(),
    unique (voucher_id, version)
);
