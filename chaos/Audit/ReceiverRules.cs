namespace TemporalDelivery.Chaos.Audit;

/// <summary>Others were told what is in the log, all of it and nothing else, by what they have received themselves.</summary>
internal static class ReceiverRules
{
    public static readonly IReadOnlyList<Rule> All =
    [
        new(
            "told",
            "Every event was told to each receiver that wants its topic.",
            """
            select pg_temp.told(d.order_id, d.topic, reader, receiver), 'told', 'never'
            from due d left join received r using (reader, receiver, event_id)
            where r.message_id is null
            """
        ),
        new(
            "truth",
            "What is told is in the log, is meant for this receiver, and says what the log says; a mail goes to the order's customer, and"
                + " names the order and the voucher.",
            """
            select pg_temp.told(
                    coalesce(e.order_id, pg_temp.order_of(r.content)), coalesce(e.topic, pg_temp.topic_of(r.content)), reader, receiver),
                case
                    when e.event_id is null then 'an event of the log'
                    when d.event_id is null then 'nothing of this topic'
                    else e.payload::text
                end, message_id || ': ' || r.content::text
            from received r
            left join events e using (event_id)
            left join due d using (reader, receiver, event_id)
            left join orders.customers c on c.customer_id = (e.payload ->> 'customerId')::uuid
            where d.event_id is null or not coalesce(
                case reader
                    when 'mail' then r.content ->> 'to' = c.email and strpos(r.content ->> 'text', e.order_id::text) > 0
                        and strpos(r.content ->> 'text', coalesce(e.payload ->> 'code', '')) > 0
                    when 'webhooks' then r.content ->> 'type' = e.topic and r.content -> 'data' = e.payload
                        and (r.content ->> 'timestamp')::timestamptz = e.recorded_at
                    else r.content ->> 'type' = e.topic and r.content -> 'data' = e.payload and r.content ->> 'orderId' = e.order_id::text
                end, false)
            """
        ),
        new(
            "repeats",
            "What is told again is told under the same id, and is the same. (What a mail's text says may have changed meanwhile.)",
            """
            select pg_temp.told(e.order_id, e.topic, reader, receiver), 'one message',
                count(distinct message_id) || ' ids, ' || count(distinct content - 'text') || ' contents'
            from received left join events e using (event_id)
            group by reader, receiver, event_id, e.order_id, e.topic
            having count(distinct message_id) > 1 or count(distinct content - 'text') > 1
            """
        ),
        new(
            "order of telling",
            "What happened to an order is told to each receiver in the order in which it happened, as it is first told.",
            """
            with firsts as (
                select reader, receiver, e.order_id, e.topic, e.position, min(r.turn) as turn
                from received r join events e using (event_id)
                group by reader, receiver, e.order_id, e.topic, e.position
            ), followed as (
                select *, max(turn) over (
                    partition by reader, receiver, order_id order by position rows between unbounded preceding and 1 preceding) as before
                from firsts
            )
            select pg_temp.told(order_id, topic, reader, receiver), 'told after what happened before', 'told before that'
            from followed
            where turn < before
            """
        ),
        new(
            "signatures",
            "Every webhook is signed under the secret of its endpoint.",
            """
            select pg_temp.told(
                    coalesce(e.order_id, pg_temp.order_of(r.content)), coalesce(e.topic, pg_temp.topic_of(r.content)), reader, receiver),
                'a signature that holds', message_id || ': none'
            from received r left join events e using (event_id)
            where not is_signed
            """
        ),
    ];
}
