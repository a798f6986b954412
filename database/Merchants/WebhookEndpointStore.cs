using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Merchants;

/// <summary>Merchants' endpoints: what their owners see of them and do to them.</summary>
public sealed class WebhookEndpointStore(NpgsqlDataSource source)
{
    /// <summary>The most endpoints that there may be.</summary>
    public const int MaxEndpoints = 200;

    // So many events are recorded again in one statement.
    private const int Slice = 5_000;

    /// <summary>
    /// Makes an endpoint, which is told of what is published from now on. Made again under the same id, only its secret is another, because
    /// nobody has seen the first.
    /// </summary>
    /// <returns>False when there are as many as there may be.</returns>
    public async Task<bool> AddAsync(
        Guid endpointId,
        string owner,
        string url,
        IReadOnlyList<string> topics,
        byte[] secret,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(
                new CommandDefinition(
                    """
                    insert into messages.webhook_endpoints (endpoint_id, owner, url, topics, secret)
                    select @endpointId, @owner, @url, @Topics, @secret
                    where (select count(*) from messages.webhook_endpoints) < @MaxEndpoints
                    on conflict (endpoint_id) do update set secret = excluded.secret
                    """,
                    new
                    {
                        endpointId,
                        owner,
                        url,
                        Topics = topics.ToArray(),
                        secret,
                        MaxEndpoints,
                    },
                    cancellationToken: cancellationToken
                )
            ) == 1;
    }

    /// <summary>Endpoints, by id; of one owner, when one is given.</summary>
    public async Task<Page<StoredEndpoint, Guid>> ListAsync(string? owner, Guid? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<StoredEndpoint>(
            new CommandDefinition(
                $"""
                {EndpointSql}
                where (@cursor::uuid is null or endpoint_id > @cursor) and (@owner::text is null or owner = @owner)
                order by endpoint_id limit @count
                """,
                new
                {
                    owner,
                    cursor,
                    count = limit + 1,
                },
                cancellationToken: cancellationToken
            )
        );
        return Page<StoredEndpoint, Guid>.From(rows.AsList(), limit, endpoint => endpoint.EndpointId);
    }

    /// <summary>The endpoint, or null.</summary>
    public async Task<StoredEndpoint?> FindAsync(Guid endpointId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<StoredEndpoint>(
            new CommandDefinition(
                $"{EndpointSql} where endpoint_id = @endpointId",
                new { endpointId },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>Forgets the endpoint, and what was to be sent to it.</summary>
    /// <returns>False when there is none.</returns>
    public Task<bool> RemoveAsync(Guid endpointId, CancellationToken cancellationToken) =>
        ChangeAsync("delete from messages.webhook_endpoints where endpoint_id = @endpointId", new { endpointId }, cancellationToken);

    /// <summary>Signs with this secret from now on, and with the one before for as long as <paramref name="overlap"/>.</summary>
    /// <param name="endpointId">Whose.</param>
    /// <param name="secret">The new one.</param>
    /// <param name="overlap">How long the one before signs too.</param>
    /// <param name="request">What asks for it: asked again, the one before stays the one before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when there is no such endpoint.</returns>
    public Task<bool> RotateAsync(Guid endpointId, byte[] secret, TimeSpan overlap, string? request, CancellationToken cancellationToken) =>
        ChangeAsync(
            """
            update messages.webhook_endpoints
            set old_secret = case when rotated_by = @request then old_secret else secret end, old_secret_till = now() + @overlap,
                secret = @secret, rotated_by = @request, version = version + 1
            where endpoint_id = @endpointId
            """,
            new
            {
                endpointId,
                secret,
                overlap,
                request,
            },
            cancellationToken
        );

    /// <summary>Sends to it again, what has waited included.</summary>
    /// <returns>False when there is no such endpoint.</returns>
    public Task<bool> ResumeAsync(Guid endpointId, CancellationToken cancellationToken) =>
        ChangeAsync(
            """
            with resumed as (
                update messages.webhook_endpoints
                set paused_at = null, pause_reason = null, failures = 0, next_try_at = now(), version = version + 1
                where endpoint_id = @endpointId
                returning endpoint_id
            ), due as (
                update messages.webhook_deliveries set tries = 0, tried_since = null, next_try_at = now()
                where endpoint_id = @endpointId and state = 'WAITING'
            )
            select from resumed
            """,
            new { endpointId },
            cancellationToken
        );

    /// <summary>What became of telling the endpoint, the latest first.</summary>
    /// <param name="endpointId">Whom.</param>
    /// <param name="isWaiting">Only what waits, or only what was taken; null for all.</param>
    /// <param name="cursor">The event with which the page before ended; null for the first.</param>
    /// <param name="limit">The most of a page.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<Page<StoredWebhook, Guid>> DeliveriesAsync(
        Guid endpointId,
        bool? isWaiting,
        Guid? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<StoredWebhook>(
            new CommandDefinition(
                $"""
                select o.event_id, d.position, o.topic, d.order_id, d.state, d.tries, d.recorded_at,
                    case d.state when 'WAITING' then d.next_try_at end as next_try_at, d.answered, d.detail, d.took_ms, d.delivered_at
                from messages.webhook_deliveries d join messages.outbox o using (position)
                where d.endpoint_id = @endpointId
                    and (@cursor::uuid is null or d.position < (select position from messages.outbox where event_id = @cursor))
                    {isWaiting switch
                {
                    true => "and d.state = 'WAITING'",
                    false => "and d.state <> 'WAITING'",
                    null => "",
                }}
                order by d.position desc
                limit @count
                """,
                new
                {
                    endpointId,
                    cursor,
                    count = limit + 1,
                },
                cancellationToken: cancellationToken
            )
        );
        return Page<StoredWebhook, Guid>.From(rows.AsList(), limit, webhook => webhook.EventId);
    }

    /// <summary>
    /// Tells the endpoint again, or for the first time, of an event, or of all of its topics that happened since. What is not kept any more
    /// is not told.
    /// </summary>
    /// <param name="endpointId">Whom.</param>
    /// <param name="eventId">Which event; null: all since.</param>
    /// <param name="since">Since when; null with an event.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Of how many events it is told.</returns>
    public async Task<int> ResendAsync(Guid endpointId, Guid? eventId, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        var which = eventId is null ? "o.recorded_at >= @since" : "o.event_id = @eventId";
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var (next, last) = await connection.QuerySingleAsync<(long?, long?)>(
            new CommandDefinition(
                $"select min(o.position), max(o.position) from messages.outbox o where {which}",
                new { eventId, since = since?.UtcDateTime },
                cancellationToken: cancellationToken
            )
        );
        var events = 0;
        for (; next <= last; next += Slice)
        {
            events += await connection.ExecuteAsync(
                new CommandDefinition(
                    $"""
                    {WebhookOutbox.RecordSql} and e.endpoint_id = @endpointId and {which}
                        and o.position >= @next and o.position < @next + @Slice
                    on conflict (endpoint_id, position) do update
                    set state = 'WAITING', tries = 0, recorded_at = now(), tried_since = null, next_try_at = now(), delivered_at = null
                    """,
                    new
                    {
                        endpointId,
                        eventId,
                        since = since?.UtcDateTime,
                        next,
                        Slice,
                    },
                    cancellationToken: cancellationToken
                )
            );
        }

        return events;
    }

    private const string EndpointSql = """
        select endpoint_id, owner, url, array_to_string(topics, ' ') as topics, created_at,
            case when old_secret_till > now() then old_secret_till end as old_secret_till, paused_at, pause_reason, (
                select count(*)::integer from (
                    select from messages.webhook_deliveries d
                    where d.endpoint_id = e.endpoint_id and d.state = 'WAITING'
                    limit 1000) first_of_them) as waiting
        from messages.webhook_endpoints e
        """;

    private async Task<bool> ChangeAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)) != 0;
    }
}
