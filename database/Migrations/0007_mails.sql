-- What customers are told by mail. A mail is recorded by a reader of the outbox, and sent by a service of its own.

create table messages.mails (
    mail_id           uuid        not null,
    event_id          uuid        not null,                 -- of the event that it tells of; its Message-ID is made of it
    position          bigint      not null,                 -- of that event: the mails of an order are sent in its events' order
    customer_id       uuid        not null,                 -- who gets it; the address is looked up when it is sent
    order_id          uuid        not null,
    delivery_order_id uuid,                                 -- null: it is about no single delivery order
    kind              text        not null,
    language          text        not null,
    facts             jsonb       not null,                 -- what the event says that no table tells
    state             text        not null default 'WAITING',
    tries             integer     not null default 0,
    next_try_at       timestamptz not null default now(),   -- while a sender has it: when its lease ends
    last_error        text,
    recorded_at       timestamptz not null default now(),
    settled_at        timestamptz,                          -- when it was sent, or was given up

    constraint mails_pkey primary key (mail_id),
    constraint mails_once_key unique (event_id, customer_id),
    constraint mails_state_check check (state in ('WAITING', 'SENT', 'BOUNCED', 'SUPPRESSED', 'GIVEN_UP')),
    constraint mails_settled_check check ((state = 'WAITING') = (settled_at is null))
);
comment on table messages.mails is 'A mail to a customer, once per event, whatever is repeated.';
comment on column messages.mails.state is
    'WAITING: to be sent. SENT: the mail server has taken it. BOUNCED: the mail server knows no such address. SUPPRESSED: not tried, because
an earlier mail to this address has bounced. GIVEN_UP: tried for a day.';

create index mails_due on messages.mails (next_try_at, position) where state = 'WAITING';
create index mails_waiting_by_order on messages.mails (order_id, position) where state = 'WAITING';
create index mails_by_customer on messages.mails (customer_id, mail_id desc);
create index mails_settled on messages.mails (settled_at) where settled_at is not null;

create table messages.bounced_addresses (
    customer_id uuid        not null,
    address     text        not null,
    reason      text        not null,                       -- what the mail server said
    bounced_at  timestamptz not null default now(),

    constraint bounced_addresses_pkey primary key (customer_id)
);
comment on table messages.bounced_addresses is
    'The address of a customer that takes no mail. As long as it is the customer''s address, none is sent to it.';
