using Dapper;
using Npgsql;
using TemporalDelivery.Workflows.Outbox;

namespace TemporalDelivery.Database.Messaging;

/// <summary>An event for others as it was recorded.</summary>
/// <param name="EventId">Its id: who receives it twice knows it by that.</param>
/// <param name="Position">Its place among all events.</param>
/// <param name="Topic">E.g. <c>order.completed</c>.</param>
/// <param name="AggregateId">Which order or delivery order; the events of one are published in order.</param>
/// <param name="Payload">JSON.</param>
public sealed record OutboxEvent(Guid EventId, long Position, string Topic, Guid AggregateId, string Payload);

/// <summary>Events for others: recorded with what they tell of, published later by a relay.</summary>
public sealed class Outbox(NpgsqlDataSource source, Bells bells)
{
    /// <summary>The topic of <see cref="OrderCompleted"/>.</summary>
    public const string OrderCompletedTopic = "order.completed";

    /// <summary>The topic of <see cref="DeliveryConfirmed"/>.</summary>
    public const string DeliveryConfirmedTopic = "delivery.confirmed";

    const long LockKey = 0x54445F6F757462; // "TD_outb"

    /// <summary>Records <c>order.completed</c>, once per order.</summary>
    public Task RecordAsync(OrderCompleted completed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(completed);
        return RecordAsync(OrderCompletedTopic, completed.OrderId, Json.Write(completed)!, cancellationToken);
    }

    /// <summary>Records <c>delivery.confirmed</c>, once per delivery order.</summary>
    public Task RecordAsync(DeliveryConfirmed confirmed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(confirmed);
        return RecordAsync(DeliveryConfirmedTopic, confirmed.DeliveryOrderId, Json.Write(confirmed)!, cancellationToken);
    }

    /// <summary>
    /// Publishes up to <paramref name="limit"/> recorded events, the oldest first, and marks them in the same transaction: when it fails or the
    /// process ends before the commit, they are published again. At most one relay is at work at a time.
    /// </summary>
    /// <param name="limit">The most events of one transaction.</param>
    /// <param name="publish">Hands an event on; must bear a repetition.</param>
    /// <param name="cancellationToken">Until the commit.</param>
    /// <returns>How many were published; null means that another relay is at work.</returns>
    public async Task<int?> PublishAsync(
        int limit, Func<OutboxEvent, NpgsqlTransaction, CancellationToken, Task> publish, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(publish);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select pg_try_advisory_xact_lock(@LockKey)", new { LockKey }, transaction, cancellationToken: cancellationToken)))
            return null;

        // An aggregate's events are recorded one after the other, so among them the order of positions is the order of commits.
        var events = (await connection.QueryAsync<OutboxEvent>(new CommandDefinition(
            UnpublishedSql, new { limit }, transaction, cancellationToken: cancellationToken))).AsList();
        foreach (var @event in events)
            await publish(@event, transaction, cancellationToken);

        await connection.ExecuteAsync(new CommandDefinition(
            "update orders.outbox set published_at = now() where position = any(@positions)",
            new { positions = events.Select(@event => @event.Position).ToArray() }, transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return events.Count;
    }

    internal const string UnpublishedSql =
        """
        select event_id, position, topic, aggregate_id, payload::text as payload
        from orders.outbox
        where published_at is null
        order by position
        limit @limit
        """;

    async Task RecordAsync(string topic, Guid aggregateId, string payload, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orders.outbox (event_id, topic, aggregate_id, payload)
            values (@eventId, @topic, @aggregateId, @payload::jsonb)
            on conflict (topic, aggregate_id) do nothing
            """,
            new { eventId = Guid.CreateVersion7(), topic, aggregateId, payload }, cancellationToken: cancellationToken));
        bells.Ring(Channels.OutboxFilled);
    }
}
