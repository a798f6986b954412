namespace TemporalDelivery.Chaos.Audit;

/// <summary>What was taken is what the order's end asks for, by the payment provider's own ledger.</summary>
internal static class MoneyRules
{
    public static readonly IReadOnlyList<Rule> All =
    [
        new(
            "money",
            "Charged less refunded is the total less the discount while an order is paid for, and nothing once it has FAILED or is CANCELLED.",
            """
            with taken as (
                select order_id, sum(amount_cents - coalesce(refunded_cents, 0)) filter (where status = 'settled') as cents,
                    count(*) filter (where status = 'pending' and refunded_cents is null) as undecided
                from charges
                group by order_id
            ), asked as (
                select order_id, status, case when status in ('FULFILLMENT', 'COMPLETED') then total_cents - discount_cents else 0 end as cents
                from orders.orders
                where pg_temp.is_over(status) or status = 'FULFILLMENT'
            )
            select order_id::text, a.cents || ' cents (' || a.status || ')',
                coalesce(t.cents, 0) || ' cents' || case when t.undecided > 0 then ' and an undecided charge' else '' end
            from asked a left join taken t using (order_id)
            where (coalesce(t.cents, 0) <> a.cents or t.undecided > 0) and not pg_temp.is_left_to_operator(order_id, 'take the payment')
            """
        ),
        new(
            "payments",
            "A payment's row says of each charge what the ledger says. (An order whose money is wrong is named once, by the rule before.)",
            """
            select coalesce(p.order_id, c.order_id) || '/' || coalesce(p.attempt, c.attempt),
                coalesce(c.status || case when c.refunded_cents is not null then ', refunded' else '' end
                    || ' ' || c.amount_cents || ' cents ' || c.payment_id, 'no payment that asks for money'),
                coalesce(p.status || ' ' || p.amount_cents || ' cents ' || coalesce(p.provider_payment_id, '(no id)'), 'no row')
            from orders.payments p full join charges c on c.order_id = p.order_id and c.attempt = p.attempt
            where coalesce(p.order_id, c.order_id)::text not in (select subject from differences where rule = 'money')
                and not pg_temp.is_left_to_operator(coalesce(p.order_id, c.order_id), 'take the payment')
                and not coalesce(
                    case
                        when c.payment_id is null then p.status = 'VOIDED' or p.amount_cents = 0
                        else p.provider_payment_id = c.payment_id and p.amount_cents = c.amount_cents and case
                            when c.refunded_cents is not null then p.status in ('REFUNDED', 'VOIDED')
                            else p.status = case c.status when 'settled' then 'SETTLED' when 'declined' then 'DECLINED' else 'PENDING' end
                        end
                    end, false)
            """
        ),
    ];
}
