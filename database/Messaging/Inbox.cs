using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Messaging;

/// <summary>What became of an outside event that came in.</summary>
public enum InboxReceipt
{
    /// <summary>Stored now; the relay hands it to the delivery's workflow.</summary>
    Stored,

    /// <summary>Stored before: nothing changed.</summary>
    Duplicate,

    /// <summary>There is no such delivery order: nothing is stored.</summary>
    UnknownDelivery,
}

/// <summary>The raw events of outside parties, each stored once before it is acknowledged.</summary>
public sealed class Inbox(NpgsqlDataSource source)
{
    /// <summary>The delivery partner, as a source of events.</summary>
    public const string Partner = "partner";

    /// <summary>Stores an event unless it is stored.</summary>
    /// <param name="sender">Who sent it, e.g. <see cref="Partner"/>.</param>
    /// <param name="eventId">The sender's id of it: unique per sender.</param>
    /// <param name="deliveryOrderId">Which delivery order it is about.</param>
    /// <param name="body">The signed body as it came.</param>
    /// <param name="cancellationToken">Until the commit.</param>
    public async Task<InboxReceipt> StoreAsync(
        string sender, string eventId, Guid deliveryOrderId, string body, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var receipt = await connection.QuerySingleAsync<Receipt>(new CommandDefinition(
            """
            with stored as (
                insert into deliveries.inbox (source, event_id, delivery_order_id, body)
                select @sender, @eventId, delivery_order_id, @body
                from deliveries.delivery_orders
                where delivery_order_id = @deliveryOrderId
                on conflict (source, event_id) do nothing
                returning inbox_id
            )
            select exists (select from stored) as is_stored,
                exists (select from deliveries.delivery_orders where delivery_order_id = @deliveryOrderId) as is_known
            """,
            new { sender, eventId, deliveryOrderId, body }, transaction, cancellationToken: cancellationToken));
        if (receipt.IsStored)
            await connection.ExecuteAsync(new CommandDefinition(
                $"notify {Channels.InboxFilled}", transaction: transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return receipt switch
        {
            { IsStored: true } => InboxReceipt.Stored,
            { IsKnown: true } => InboxReceipt.Duplicate,
            _ => InboxReceipt.UnknownDelivery,
        };
    }

    sealed record Receipt(bool IsStored, bool IsKnown);
}
