namespace TemporalDelivery.Chaos.Audit;

/// <summary>Vouchers are earned once, and used once.</summary>
internal static class VoucherRules
{
    public static readonly IReadOnlyList<Rule> All =
    [
        new(
            "earned",
            "A COMPLETED order of more than 100.00 EUR has earned one voucher of 5.00 EUR, and no other order has.",
            """
            select order_id::text, case when o.status = 'COMPLETED' and o.total_cents > 10000 then '500 cents' else 'none' end
                || ' (' || coalesce(o.status || ', ' || o.total_cents || ' cents', 'no order') || ')',
                coalesce(v.amount_cents || ' cents', 'none')
            from orders.orders o full join vouchers.vouchers v using (order_id)
            where case when o.status = 'COMPLETED' and o.total_cents > 10000 then 500 end is distinct from v.amount_cents
            """
        ),
        new(
            "used",
            "A voucher is USED by one paid order, or READY.",
            """
            select v.code, case when count(u.order_id) = 0 then 'READY' else 'USED, once' end,
                v.state || ', used by ' || coalesce(string_agg(u.order_id || ' (' || o.status || ')', ', '), 'none')
            from vouchers.vouchers v
            left join vouchers.uses u on u.voucher_id = v.voucher_id and u.given_back_at is null
            left join orders.orders o on o.order_id = u.order_id and o.attempt = u.attempt
            where not exists (
                select from orders.orders x where x.voucher_code = v.code and pg_temp.is_left_to_operator(x.order_id, 'redeem the voucher'))
            group by v.voucher_id, v.code, v.state
            having v.state <> case when count(u.order_id) = 0 then 'READY' else 'USED' end
                or bool_or(u.order_id is not null and coalesce(o.status, 'none') not in ('PAYMENT_PROCESSING', 'FULFILLMENT', 'COMPLETED'))
            """
        ),
        new(
            "discount",
            "A COMPLETED order was given the discount of the voucher that it used, and no other.",
            """
            select o.order_id::text, least(coalesce(v.amount_cents, 0), o.total_cents) || ' cents', o.discount_cents || ' cents'
            from orders.orders o
            left join vouchers.uses u on u.order_id = o.order_id and u.attempt = o.attempt and u.given_back_at is null
            left join vouchers.vouchers v using (voucher_id)
            where o.status = 'COMPLETED' and o.discount_cents <> least(coalesce(v.amount_cents, 0), o.total_cents)
            """
        ),
    ];
}
