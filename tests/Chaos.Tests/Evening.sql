-- A shop in the evening, when everything is at rest and adds up:
-- a1 COMPLETED, a chair and an e-book, confirmed, earned a voucher;   a2 COMPLETED, an e-book, paid with that voucher;
-- a3 CANCELLED before the pickup and refunded;   a4 FAILED, declined;   a5 in FULFILLMENT, its parcel failed and waits for an operator.

create temp table evening on commit drop as
select ('00000000-0000-0000-0000-0000000000' || id)::uuid as order_id, id, status, total, discount, token
from (values
    ('a1', 'COMPLETED', 17899, 0, 'tok_ok'), ('a2', 'COMPLETED', 1999, 500, 'tok_ok'), ('a3', 'CANCELLED', 4550, 0, 'tok_ok'),
    ('a4', 'FAILED', 4550, 0, 'tok_declined'), ('a5', 'FULFILLMENT', 4550, 0, 'tok_ok')) o (id, status, total, discount, token);

insert into orders.orders (order_id, customer_id, status, total_cents, discount_cents, item_count, payment_token, failure_type, voucher_code)
select order_id, '01920000-0000-7000-8000-000000000001', status, total, discount, case id when 'a1' then 2 else 1 end, token,
    case id when 'a4' then 'PAYMENT_DECLINED' end, case id when 'a2' then 'CODE' end
from evening;

insert into orders.order_lines (order_id, line_number, sku, name, kind, quantity, unit_price_cents)
select order_id, number, sku, sku, kind, 1, price
from evening join (values
    ('a1', 1, 'CHAIR-OAK', 'PHYSICAL', 14900), ('a1', 2, 'EBOOK-TEMPORAL', 'DIGITAL', 2999), ('a2', 1, 'EBOOK-SQL', 'DIGITAL', 1999),
    ('a3', 1, 'BOOK-DDIA', 'PHYSICAL', 4550), ('a4', 1, 'BOOK-DDIA', 'PHYSICAL', 4550), ('a5', 1, 'BOOK-DDIA', 'PHYSICAL', 4550))
    l (id, number, sku, kind, price) using (id);

insert into orders.order_audit (order_id, attempt, from_status, to_status, event, actor)
select order_id, 1, from_status, to_status, 'EVENT', 'system'
from evening join (values
    (1, null, 'PENDING', '{a1,a2,a3,a4,a5}'::text[]), (2, 'PENDING', 'VALIDATING', '{a1,a2,a3,a4,a5}'),
    (3, 'VALIDATING', 'INVENTORY_CHECK', '{a1,a2,a3,a4,a5}'), (4, 'INVENTORY_CHECK', 'PAYMENT_PROCESSING', '{a1,a2,a3,a4,a5}'),
    (5, 'PAYMENT_PROCESSING', 'FULFILLMENT', '{a1,a2,a3,a5}'), (6, 'PAYMENT_PROCESSING', 'FAILED', '{a4}'),
    (7, 'FULFILLMENT', 'COMPLETED', '{a1,a2}'), (8, 'FULFILLMENT', 'CANCELLED', '{a3}'))
    a (place, from_status, to_status, ids) on id = any (ids)
order by place;

insert into orders.reservations (order_id, attempt, parcel, state, skus, quantities)
select order_id, 1, case kind when 'PHYSICAL' then 1 else 0 end,
    case status when 'COMPLETED' then 'COMMITTED' when 'FULFILLMENT' then 'IN_TRANSIT' else 'RELEASED' end,
    array_agg(sku order by sku), array_agg(quantity order by sku)
from evening join orders.order_lines using (order_id)
group by order_id, status, kind;

update orders.stock set on_hand = on_hand - 1 where sku in ('CHAIR-OAK', 'EBOOK-TEMPORAL', 'EBOOK-SQL');
update orders.stock set on_hand = on_hand - 1, in_transit = 1 where sku = 'BOOK-DDIA';

insert into orders.payments (payment_id, order_id, attempt, provider_payment_id, status, amount_cents)
select gen_random_uuid(), order_id, 1, 'pay_' || id,
    case id when 'a3' then 'REFUNDED' when 'a4' then 'DECLINED' else 'SETTLED' end, total - discount
from evening;

insert into orders.digital_grants (order_id, attempt, sku, quantity)
select order_id, 1, sku, quantity from evening join orders.order_lines using (order_id) where kind = 'DIGITAL';

insert into deliveries.delivery_orders
    (delivery_order_id, order_id, customer_id, payment_id, order_attempt, attempt, state, active, graph_version, address)
select ('00000000-0000-0000-0000-0000000000d' || right(id, 1))::uuid, order_id, '01920000-0000-7000-8000-000000000001', payment_id, 1, 1,
    case id when 'a1' then 'DELIVERY_CONFIRMED' when 'a3' then 'CANCELLED' else 'PENDING_BY_OPERATOR' end, id = 'a5', 1, '{}'
from evening join orders.payments using (order_id)
where id in ('a1', 'a3', 'a5');

insert into deliveries.delivery_audit (delivery_order_id, from_state, to_state, event, actor)
select delivery_order_id, from_state, to_state, event, 'system'
from evening join deliveries.delivery_orders using (order_id) join (values
    (1, null, 'CREATED', 'CREATED', '{a1,a3,a5}'::text[]), (2, 'CREATED', 'PICKED_UP', 'PICKED_UP', '{a1,a5}'),
    (3, 'CREATED', 'CANCELLED', 'CANCEL', '{a3}'), (4, 'PICKED_UP', 'DELIVERED', 'DELIVERED', '{a1}'),
    (5, 'DELIVERED', 'DELIVERY_CONFIRMED', 'CONFIRM_RECEIPT', '{a1}'), (6, 'PICKED_UP', 'DELIVERY_FAILED', 'FAILED', '{a5}'),
    (7, 'DELIVERY_FAILED', 'PENDING_BY_OPERATOR', 'ASK_OPERATOR', '{a5}'))
    a (place, from_state, to_state, event, ids) on id = any (ids)
order by place;

insert into orders.operator_tasks (task_id, task_key, kind, order_id, delivery_order_id, detail)
select gen_random_uuid(), 'delivery-' || delivery_order_id || '/decision', 'DELIVERY_PENDING', order_id, delivery_order_id, 'LOST'
from deliveries.delivery_orders where active;

insert into vouchers.vouchers (voucher_id, order_id, customer_id, code, amount_cents, state, activated_at)
select gen_random_uuid(), order_id, '01920000-0000-7000-8000-000000000001', 'CODE', 500, 'USED', now() from evening where id = 'a1';

insert into vouchers.uses (order_id, attempt, voucher_id, redeemed_at)
select e.order_id, 1, v.voucher_id, now() from evening e, vouchers.vouchers v where e.id = 'a2';

-- The changes have told of themselves; the vouchers' module tells of its own.
insert into messages.outbox (event_id, topic, aggregate_id, payload)
select gen_random_uuid(), 'customer.voucher_earned', order_id,
    jsonb_build_object('orderId', order_id, 'customerId', customer_id, 'code', code, 'amountCents', amount_cents)
from vouchers.vouchers;

update messages.outbox set position = outbox_id, published_at = now();

-- Everybody has read all, and more than a test adds.
insert into messages.readers (reader) values ('mail'), ('webhooks'), ('broker');
update messages.readers set position = 10000;
