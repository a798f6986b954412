namespace TemporalDelivery.Chaos.Audit;

/// <summary>Each reader of the log has dealt with all of it.</summary>
internal static class ReaderRules
{
    public static readonly IReadOnlyList<Rule> All =
    [
        new(
            "readers",
            "Everybody who tells others follows the log, and has come to its end.",
            """
            select pg_temp.told(e.order_id, e.topic, reader, 'cursor'), 'read', coalesce(r.last_error, 'not read')
            from messages.readers r
            cross join lateral (select * from events where events.position > r.position order by events.position limit 1) e
            union all
            select distinct s.reader, 'a reader of the log', 'none'
            from subscriptions s left join messages.readers r using (reader)
            where r.reader is null
            """
        ),
        new(
            "parked",
            "Nothing is parked, unsent or given up and no endpoint is paused, because no fault is such that its message could not be told.",
            """
            select pg_temp.told(p.order_id, e.topic, p.reader, 'log'), 'dealt with',
                'parked: ' || coalesce(p.reason, 'behind an earlier one')
            from messages.parked p left join events e using (position)
            union all
            select pg_temp.told(m.order_id, e.topic, 'mail', 'folder'), 'SENT', m.state || coalesce(': ' || m.last_error, '')
            from messages.mails m left join events e using (position)
            where m.state <> 'SENT'
            union all
            select pg_temp.told(d.order_id, e.topic, 'webhooks', w.url), 'DELIVERED',
                d.state || coalesce(', paused: ' || w.pause_reason, '') || coalesce(', ' || d.detail, '')
            from messages.webhook_deliveries d
            join messages.webhook_endpoints w using (endpoint_id)
            left join events e using (position)
            where d.state <> 'DELIVERED' or w.paused_at is not null
            """
        ),
    ];
}
