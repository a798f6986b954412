using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Messaging;

/// <summary>A published event.</summary>
/// <param name="EventId">Its id: who receives it twice knows it by that.</param>
/// <param name="Position">Its place among all that are published, without gaps.</param>
/// <param name="Topic">E.g. <c>order.completed</c>.</param>
/// <param name="AggregateId">Which order or delivery order; the events of one are published in order.</param>
/// <param name="OrderId">The order that it is about, itself or by its delivery.</param>
/// <param name="Payload">JSON.</param>
/// <param name="RecordedAt">When it happened, UTC.</param>
public sealed record OutboxEvent(
    Guid EventId,
    long Position,
    string Topic,
    Guid AggregateId,
    Guid OrderId,
    string Payload,
    DateTime RecordedAt
);

/// <summary>Events for others: recorded in the transaction of what they tell, published later by a relay.</summary>
public sealed class Outbox(NpgsqlDataSource source)
{
    private const long LockKey = 0x54445F6F757462; // "TD_outb"

    /// <summary>
    /// Publishes up to <paramref name="limit"/> recorded events, the oldest first: gives them the next positions. Relays do so one after
    /// the other, so positions have no gaps and no reader that follows them misses an event.
    /// </summary>
    /// <param name="limit">The most events of one transaction.</param>
    /// <param name="cancellationToken">Stops publishing; nothing is published then.</param>
    /// <returns>What was published, by position. When there is nothing, no transaction writes.</returns>
    public async Task<IReadOnlyList<OutboxEvent>> PublishAsync(int limit, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);

        // Sent together, the two are one transaction; the second sees what the relay before has published. An aggregate's events are
        // recorded one after the other, so among them the order of recording is the order of commits.
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"select pg_advisory_xact_lock(@LockKey); {PublishSql}",
                new { LockKey, limit },
                cancellationToken: cancellationToken
            )
        );
        await results.ReadAsync();
        return [.. (await results.ReadAsync<OutboxEvent>()).OrderBy(@event => @event.Position)];
    }

    /// <summary>The columns of an <see cref="OutboxEvent"/>; <c>o</c> is the outbox.</summary>
    internal const string Columns = """
        o.event_id, o.position, o.topic, o.aggregate_id, coalesce((o.payload ->> 'orderId')::uuid, o.aggregate_id) as order_id,
        o.payload::text as payload, o.recorded_at
        """;

    internal const string PublishSql = $"""
        update messages.outbox o
        set position = last.position + due.place, published_at = now()
        from (
            select outbox_id, row_number() over (order by outbox_id) as place
            from messages.outbox
            where position is null
            order by outbox_id
            limit @limit
        ) due
        cross join (select coalesce(max(position), 0) as position from messages.outbox) last
        where o.outbox_id = due.outbox_id
        returning {Columns}
        """;
}
