-- What the shop's staff did to the catalogue and the stock.

create table orders.product_audit (
    audit_id     bigint      generated always as identity,
    sku          text        not null,
    event        text        not null,
    was          jsonb,                                     -- what the change is about, before it; null: there was no such article
    became       jsonb       not null,                      -- and after it
    stock_change integer     not null default 0,            -- of what is on hand
    reason       text        not null,
    actor        text        not null,
    at           timestamptz not null default clock_timestamp(),
    request      text,                                      -- what asked for it: asked again, it is not done again
    version      integer     not null,                      -- that the change made: of the article, or of its stock

    constraint product_audit_pkey primary key (audit_id),
    constraint product_audit_request_key unique (request),
    constraint product_audit_sku_fkey foreign key (sku) references orders.products,
    constraint product_audit_event_check check (event in ('CREATED', 'CHANGED', 'RESTOCKED', 'WRITTEN_OFF')),
    constraint product_audit_was_check check ((was is null) = (event = 'CREATED')),
    constraint product_audit_stock_check check (
        case event when 'RESTOCKED' then stock_change > 0 when 'WRITTEN_OFF' then stock_change < 0 else stock_change = 0 end)
);
comment on table orders.product_audit is 'A change of an article or of its stock by the shop''s staff. Append-only.';

create trigger product_audit_is_append_only before update or delete or truncate on orders.product_audit
    for each statement execute function orders.refuse_change();

create index products_by_sale on orders.products (on_sale, sku);
