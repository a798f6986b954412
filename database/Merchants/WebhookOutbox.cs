using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Merchants;

/// <summary>An event that is to be sent to an endpoint now.</summary>
/// <param name="EndpointId">To which.</param>
/// <param name="Position">The event's place in the log.</param>
/// <param name="Url">Where the endpoint is.</param>
/// <param name="Secret">Signs.</param>
/// <param name="OldSecret">Signs too; null when there is none any more.</param>
/// <param name="EventId">The event: the header <c>webhook-id</c>.</param>
/// <param name="Topic">E.g. <c>order.completed</c>.</param>
/// <param name="Payload">JSON.</param>
/// <param name="RecordedAt">When it happened, UTC.</param>
public sealed record DueWebhook(
    Guid EndpointId,
    long Position,
    string Url,
    byte[] Secret,
    byte[]? OldSecret,
    Guid EventId,
    string Topic,
    string Payload,
    DateTime RecordedAt
);

/// <summary>What came of sending an event.</summary>
/// <param name="Webhook">Which.</param>
/// <param name="IsTaken">The endpoint has taken it.</param>
/// <param name="IsGone">The endpoint says that it wants nothing any more.</param>
/// <param name="Answered">The answer's status; null when there was none.</param>
/// <param name="Detail">The beginning of the answer, or why there was none.</param>
/// <param name="Took">How long that took.</param>
public sealed record SentWebhook(DueWebhook Webhook, bool IsTaken, bool IsGone, int? Answered, string Detail, TimeSpan Took);

/// <summary>What is to be sent to merchants' endpoints, and what came of it.</summary>
public sealed class WebhookOutbox(NpgsqlDataSource source)
{
    /// <summary>How long an event is tried before its endpoint is paused.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    // Of one endpoint at once, so that many that are slow leave room for the others.
    private const int OfOne = 8;

    /// <summary>Records the event for every endpoint that wants to be told of it; recorded again, it stays as it is.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task RecordAsync(long position, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                $"{RecordSql} and o.position = @position on conflict do nothing",
                new { position },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>
    /// Takes what is to be sent now, of the endpoints that have waited longest; nobody else sends it for as long as
    /// <paramref name="lease"/>.
    /// </summary>
    /// <param name="limit">The most events.</param>
    /// <param name="lease">Longer than sending them takes.</param>
    /// <param name="busy">The endpoints to which the caller is sending.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<IReadOnlyList<DueWebhook>> TakeDueAsync(
        int limit,
        TimeSpan lease,
        IReadOnlyCollection<Guid> busy,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return
        [
            .. await connection.QueryAsync<DueWebhook>(
                new CommandDefinition(
                    TakeSql,
                    new
                    {
                        limit,
                        lease,
                        Busy = busy.ToArray(),
                        OfOne,
                    },
                    cancellationToken: cancellationToken
                )
            ),
        ];
    }

    /// <summary>
    /// Stores what came of a round. What was not taken is tried again after a pause that grows to an hour; what is tried for longer than
    /// <see cref="Patience"/>, or goes to an endpoint that is gone, pauses the endpoint. An endpoint that took nothing is left alone for as
    /// long as its rounds without success are many.
    /// </summary>
    /// <returns>Which endpoints are paused now, and why.</returns>
    /// <exception cref="NpgsqlException">The database is away: all is sent again when the lease ends.</exception>
    public async Task<IReadOnlyList<(Guid EndpointId, string Reason)>> StoreAsync(
        IReadOnlyList<SentWebhook> sent,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return
        [
            .. await connection.QueryAsync<(Guid, string)>(
                new CommandDefinition(
                    StoreSql,
                    new
                    {
                        Endpoints = sent.Select(each => each.Webhook.EndpointId).ToArray(),
                        Positions = sent.Select(each => each.Webhook.Position).ToArray(),
                        Taken = sent.Select(each => each.IsTaken).ToArray(),
                        Gone = sent.Select(each => each.IsGone).ToArray(),
                        Answers = sent.Select(each => each.Answered).ToArray(),
                        Details = sent.Select(each => each.Detail).ToArray(),
                        Times = sent.Select(each => (int)each.Took.TotalMilliseconds).ToArray(),
                        Patience,
                    },
                    cancellationToken: cancellationToken
                )
            ),
        ];
    }

    /// <summary>Records events <c>o</c> for the endpoints <c>e</c> that want them; a condition follows.</summary>
    internal const string RecordSql = """
        insert into messages.webhook_deliveries (endpoint_id, position, order_id)
        select e.endpoint_id, o.position, coalesce((o.payload ->> 'orderId')::uuid, o.aggregate_id)
        from messages.outbox o
        join messages.webhook_endpoints e on e.topics && array[o.topic, split_part(o.topic, '.', 1) || '.*']
        where o.topic not like 'customer.%'
        """;

    internal const string TakeSql = """
        with due as (
            select d.endpoint_id, d.position
            from (
                select endpoint_id
                from messages.webhook_endpoints
                where paused_at is null and next_try_at <= now() and endpoint_id <> all(@Busy)
                order by next_try_at
            ) e
            cross join lateral (
                select d.endpoint_id, d.position
                from messages.webhook_deliveries d
                where d.endpoint_id = e.endpoint_id and d.state = 'WAITING' and d.next_try_at <= now()
                    and not exists (
                        select from messages.webhook_deliveries f
                        where f.endpoint_id = d.endpoint_id and f.order_id = d.order_id and f.state = 'WAITING' and f.position < d.position)
                order by d.next_try_at, d.position
                limit @OfOne
                for update of d skip locked) d
            limit @limit
        ), taken as (
            update messages.webhook_deliveries d
            set next_try_at = now() + @lease, tries = d.tries + 1, tried_since = coalesce(d.tried_since, now())
            from due
            where d.endpoint_id = due.endpoint_id and d.position = due.position
            returning d.endpoint_id, d.position
        )
        select t.endpoint_id, t.position, e.url, e.secret, case when e.old_secret_till > now() then e.old_secret end as old_secret,
            o.event_id, o.topic, o.payload::text as payload, o.recorded_at
        from taken t join messages.webhook_endpoints e using (endpoint_id) join messages.outbox o using (position)
        """;

    // 10 s, twice as long each time, up to an hour. What waits behind it is not looked at before.
    internal const string StoreSql = """
        with sent as (
            select * from unnest(@Endpoints, @Positions, @Taken, @Gone, @Answers, @Details, @Times)
                s (endpoint_id, position, is_taken, is_gone, answered, detail, took_ms)
        ), stored as (
            update messages.webhook_deliveries d
            set state = case when s.is_taken then 'DELIVERED' else 'WAITING' end,
                answered = s.answered, detail = s.detail, took_ms = s.took_ms,
                delivered_at = case when s.is_taken then now() end,
                next_try_at = now()
                    + case
                        when s.is_taken then interval '0'
                        else least(interval '10 seconds' * 2 ^ least(d.tries - 1, 10), interval '1 hour')
                    end
            from sent s
            where d.endpoint_id = s.endpoint_id and d.position = s.position and d.state = 'WAITING'
            returning d.endpoint_id, d.position, d.order_id, d.next_try_at, s.is_taken,
                s.is_gone or (not s.is_taken and d.tried_since < now() - @Patience) as is_hopeless,
                concat_ws(': ', s.answered, nullif(s.detail, '')) as detail
        ), behind as (
            update messages.webhook_deliveries d
            set next_try_at = s.next_try_at
            from stored s
            where d.endpoint_id = s.endpoint_id and d.order_id = s.order_id and d.position > s.position and d.state = 'WAITING'
        ), rounds as (
            select endpoint_id, bool_or(is_taken) as took_some, min(detail) filter (where is_hopeless) as hopeless
            from stored
            group by endpoint_id
        ), paused as (
            update messages.webhook_endpoints e
            set failures = case when r.took_some then 0 else e.failures + 1 end,
                next_try_at = case when r.took_some then now()
                    else now() + least(interval '1 second' * 2 ^ least(e.failures, 9), interval '5 minutes') end,
                paused_at = case when r.hopeless is not null then coalesce(e.paused_at, now()) else e.paused_at end,
                pause_reason = case when r.hopeless is not null then coalesce(e.pause_reason, r.hopeless) else e.pause_reason end
            from rounds r
            where e.endpoint_id = r.endpoint_id
            returning e.endpoint_id, r.hopeless
        )
        select endpoint_id, hopeless from paused where hopeless is not null
        """;
}
