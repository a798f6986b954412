-- Who may use the API, and the keys that their tokens are signed with.

create schema identity;

create table identity.users (
    user_id       uuid        not null,
    name          text        not null,                     -- to sign in with, and the client_id of a program
    password_hash text        not null,                     -- PBKDF2, with its salt and its iterations
    role          text        not null,
    customer_id   uuid,                                     -- which customer it is
    disabled_at   timestamptz,                              -- cannot sign in, nor renew a token
    version       integer     not null default 1,           -- a refresh token of another version is refused
    created_at    timestamptz not null default now(),

    constraint users_pkey primary key (user_id),
    constraint users_name_key unique (name),
    constraint users_name_check check (name ~ '^[a-z0-9][a-z0-9._@-]{0,63}$'),
    constraint users_role_check check (role in ('customer', 'operator', 'client', 'partner', 'payments', 'admin')),
    constraint users_customer_check check ((customer_id is not null) = (role = 'customer')),
    constraint users_customer_fkey foreign key (customer_id) references orders.customers
);
comment on table identity.users is 'A person or a program that signs in by name and password.';

create index users_by_customer on identity.users (customer_id) where customer_id is not null;

create table identity.sign_ins (
    name         text        not null,                      -- as it was typed: there need be no such user
    address      text        not null,
    tries        integer     not null,                      -- since the last success
    last_at      timestamptz not null,                      -- of the last one whose password was looked at

    constraint sign_ins_pkey primary key (name, address)
);
comment on table identity.sign_ins is 'Tries to sign in that have not succeeded. Forgotten an hour after the last one.';

create index sign_ins_by_time on identity.sign_ins (last_at);

create table identity.token_keys (
    key_id       text        not null,                      -- the kid
    use          text        not null,
    secret       bytea       not null,                      -- sig: PKCS#8 of a P-256 key; enc: 256 bits
    signs_from   timestamptz not null,                      -- published before, so that everybody knows it by then
    created_at   timestamptz not null default now(),

    constraint token_keys_pkey primary key (key_id),
    constraint token_keys_use_check check (use in ('sig', 'enc')),
    constraint token_keys_order_key unique (use, signs_from)
);
comment on table identity.token_keys is 'Signs access tokens, and encrypts refresh tokens, until the next one begins to; goes when its last token is over.';
