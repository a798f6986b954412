using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Messaging;

/// <summary>Where events for others are published to: a table that others read by position, told of by NOTIFY on <see cref="Channels.Events"/>.</summary>
public static class EventLog
{
    /// <summary>Publishes the event in the caller's transaction; one that is published changes nothing.</summary>
    public static Task AppendAsync(OutboxEvent @event, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.Connection!.ExecuteAsync(new CommandDefinition(
            """
            with published as (
                insert into orders.published_events (event_id, position, topic, aggregate_id, payload)
                values (@EventId, @Position, @Topic, @AggregateId, @Payload::jsonb)
                on conflict (event_id) do nothing
                returning position
            )
            select pg_notify(@Events, position::text) from published
            """,
            new { @event.EventId, @event.Position, @event.Topic, @event.AggregateId, @event.Payload, Channels.Events },
            transaction, cancellationToken: cancellationToken));
    }
}
