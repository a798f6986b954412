-- The voucher module's own tables. They refer to orders and customers by id only: the modules share no tables but messages.
-- The migrator makes the schema vouchers, where it keeps its list.

create table vouchers.vouchers (
    voucher_id   uuid        not null,
    order_id     uuid        not null,                      -- the order that earned it
    customer_id  uuid        not null,
    code         text        not null,
    amount_cents bigint      not null,
    state        text        not null,
    created_at   timestamptz not null default now(),
    activated_at timestamptz,                               -- null: its workflow has yet to make it READY
    version      integer     not null default 1,

    constraint vouchers_pkey primary key (voucher_id),
    constraint vouchers_order_key unique (order_id),        -- one voucher per order, whatever is retried
    constraint vouchers_code_key unique (code),
    constraint vouchers_amount_check check (amount_cents > 0),
    constraint vouchers_state_check check (state in ('DISABLED', 'READY', 'USED'))
);
create index vouchers_by_customer on vouchers.vouchers (customer_id, voucher_id);
comment on table vouchers.vouchers is 'Money off a later order, earned by an order; as it stands now.';

create table vouchers.uses (
    order_id      uuid        not null,                     -- the order that uses it
    attempt       integer     not null,
    voucher_id    uuid,                                     -- null: refused, or given back before it was redeemed
    redeemed_at   timestamptz,
    given_back_at timestamptz,
    refusal       text,                                     -- why it was not redeemed; it never is, for this attempt

    constraint uses_pkey primary key (order_id, attempt),
    constraint uses_voucher_fkey foreign key (voucher_id) references vouchers.vouchers
);
comment on table vouchers.uses is 'The use of a voucher by an attempt of an order: what makes redeeming and giving back idempotent.';

-- At most one use of a voucher is alive.
create unique index uses_alive on vouchers.uses (voucher_id) where given_back_at is null;

create table vouchers.voucher_audit (
    audit_id   bigint      generated always as identity,
    voucher_id uuid        not null,
    version    integer     not null,                        -- the one that the change made
    from_state text,                                        -- null: the voucher was issued
    to_state   text        not null,
    event      text        not null,
    actor      text        not null,
    at         timestamptz not null default now(),

    constraint voucher_audit_pkey primary key (audit_id),
    constraint voucher_audit_version_key unique (voucher_id, version),
    constraint voucher_audit_voucher_fkey foreign key (voucher_id) references vouchers.vouchers
);
comment on table vouchers.voucher_audit is 'A change of a voucher''s state. Append-only.';

create function vouchers.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_schema || '.' || tg_table_name, tg_op
        using errcode = 'restrict_violation';
end
$$;

create trigger voucher_audit_is_append_only before update or delete or truncate on vouchers.voucher_audit
    for each statement execute function vouchers.refuse_change();
