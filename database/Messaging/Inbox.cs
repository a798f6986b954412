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

/// <summary>How a stored event was settled.</summary>
public enum InboxOutcome
{
    /// <summary>Its workflow has it.</summary>
    Delivered,

    /// <summary>There is no open workflow to have it: kept as evidence.</summary>
    Unroutable,
}

/// <summary>A stored event that waits to be handed on.</summary>
/// <param name="InboxId">Its place in the order of arrival.</param>
/// <param name="EventId">The sender's id of it.</param>
/// <param name="DeliveryOrderId">Which delivery order it is about.</param>
/// <param name="Body">As it came.</param>
/// <param name="Tries">How often handing it on has failed.</param>
/// <param name="IsOver">Whether the delivery order has ended (or a later one took over), so that its workflow may be closed for
/// good.</param>
public sealed record StoredEvent(long InboxId, string EventId, Guid DeliveryOrderId, string Body, int Tries, bool IsOver);

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
        string sender,
        string eventId,
        Guid deliveryOrderId,
        string body,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var receipt = await connection.QuerySingleAsync<Receipt>(
            new CommandDefinition(
                """
                with stored as (
                    insert into messages.inbox (sender, event_id, aggregate_id, body)
                    select @sender, @eventId, delivery_order_id, @body
                    from deliveries.delivery_orders
                    where delivery_order_id = @deliveryOrderId
                    on conflict (sender, event_id) do nothing
                    returning inbox_id
                )
                select exists (select from stored) as is_stored,
                    exists (select from deliveries.delivery_orders where delivery_order_id = @deliveryOrderId) as is_known
                """,
                new
                {
                    sender,
                    eventId,
                    deliveryOrderId,
                    body,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (receipt.IsStored)
        {
            await connection.ExecuteAsync(
                new CommandDefinition($"notify {Channels.InboxFilled}", transaction: transaction, cancellationToken: cancellationToken)
            );
        }

        await transaction.CommitAsync(cancellationToken);
        return receipt switch
        {
            { IsStored: true } => InboxReceipt.Stored,
            { IsKnown: true } => InboxReceipt.Duplicate,
            _ => InboxReceipt.UnknownDelivery,
        };
    }

    /// <summary>
    /// Takes the events that are due to be handed on, those that wait longest first. They are the caller's for <paramref name="lease"/>:
    /// whoever takes next gets others, and these again when they are neither settled nor put off by then.
    /// </summary>
    public async Task<IReadOnlyList<StoredEvent>> TakeDueAsync(int limit, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var taken = await connection.QueryAsync<StoredEvent>(
            new CommandDefinition(TakeDueSql, new { limit, lease }, cancellationToken: cancellationToken)
        );
        return [.. taken.OrderBy(stored => stored.InboxId)];
    }

    internal const string TakeDueSql = """
        update messages.inbox i
        set next_try_at = now() + @lease
        from (
            select inbox_id
            from messages.inbox
            where handled_at is null and next_try_at <= now()
            order by next_try_at, inbox_id
            limit @limit
            for update skip locked
        ) due
        where i.inbox_id = due.inbox_id
        returning i.inbox_id, i.event_id, i.aggregate_id as delivery_order_id, i.body, i.tries,
            not exists (
                select from deliveries.delivery_orders d
                where d.delivery_order_id = i.aggregate_id and d.active) as is_over
        """;

    /// <summary>The event is handed on, or cannot be for good.</summary>
    public async Task SettleAsync(long inboxId, InboxOutcome outcome, string? detail, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                update messages.inbox
                set outcome = @outcome, outcome_detail = @detail, handled_at = now()
                where inbox_id = @inboxId and handled_at is null
                """,
                new
                {
                    inboxId,
                    outcome = outcome == InboxOutcome.Delivered ? "DELIVERED" : "UNROUTABLE",
                    detail,
                },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>Handing the event on failed: it is due again after <paramref name="delay"/>.</summary>
    public async Task PutOffAsync(long inboxId, TimeSpan delay, string error, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                update messages.inbox
                set tries = tries + 1, next_try_at = now() + @delay, last_error = @error
                where inbox_id = @inboxId and handled_at is null
                """,
                new
                {
                    inboxId,
                    delay,
                    error,
                },
                cancellationToken: cancellationToken
            )
        );
    }

    private sealed record Receipt(bool IsStored, bool IsKnown);
}
