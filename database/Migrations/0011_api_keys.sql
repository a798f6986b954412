-- The keys of programs that call the API without signing in.

create table identity.api_keys (
    key_id       uuid        not null,
    name         text        not null,                      -- which program: keys of the same name and role are the same caller
    role         text        not null,
    scopes       text[]      not null,                      -- what of its role it may do; none: all
    prefix       text        not null,                      -- how the key begins, for people to tell keys apart
    hash         bytea       not null,                      -- SHA-256 is enough: 256 random bits cannot be guessed, however fast one hashes
    created_at   timestamptz not null default now(),
    created_by   text        not null,
    expires_at   timestamptz not null,
    last_used_at timestamptz,                               -- to the minute
    revoked_at   timestamptz,

    constraint api_keys_pkey primary key (key_id),
    constraint api_keys_hash_key unique (hash),
    constraint api_keys_role_check check (role in ('client', 'partner', 'payments'))
);
comment on table identity.api_keys is 'A key that a program shows with each request. Forgotten a month after it was revoked or has expired.';
