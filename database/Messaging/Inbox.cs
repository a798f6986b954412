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

/// <summary>What became of an event that was taken to be handed on.</summary>
/// <param name="InboxId">Which event.</param>
/// <param name="Outcome">How it is settled; null when it is due again after <paramref name="Pause"/>.</param>
/// <param name="Detail">Why it is unroutable, or why handing it on failed; null when it was not tried.</param>
/// <param name="Pause">How long it waits.</param>
public sealed record HandedOn(long InboxId, InboxOutcome? Outcome, string? Detail = null, TimeSpan Pause = default);

/// <summary>The raw events of outside parties, each stored once before it is acknowledged.</summary>
public sealed class Inbox(NpgsqlDataSource source, Announcements announcements)
{
    /// <summary>The delivery partner, as a source of events.</summary>
    public const string Partner = "partner";

    /// <summary>Stores an event unless it is stored.</summary>
    /// <param name="sender">Who sent it, e.g. <see cref="Partner"/>.</param>
    /// <param name="eventId">The sender's id of it: unique per sender.</param>
    /// <param name="deliveryOrderId">Which delivery order it is about.</param>
    /// <param name="body">The signed body as it came.</param>
    /// <param name="cancellationToken">Stops storing; the event is stored or not at all.</param>
    public async Task<InboxReceipt> StoreAsync(
        string sender,
        string eventId,
        Guid deliveryOrderId,
        string body,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
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
                cancellationToken: cancellationToken
            )
        );
        if (receipt.IsStored)
        {
            announcements.Announce(Channels.InboxFilled);
        }

        return receipt switch
        {
            { IsStored: true } => InboxReceipt.Stored,
            { IsKnown: true } => InboxReceipt.Duplicate,
            _ => InboxReceipt.UnknownDelivery,
        };
    }

    /// <summary>
    /// Stores what became of events taken before, and takes those that are due to be handed on, those that wait longest first. They are the
    /// caller's for <paramref name="lease"/>: whoever takes next gets others, and these again when nothing was told of them by then. One
    /// transaction, and none that writes when there is nothing to do.
    /// </summary>
    public async Task<IReadOnlyList<StoredEvent>> TakeDueAsync(
        IReadOnlyList<HandedOn> handedOn,
        int limit,
        TimeSpan lease,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(handedOn);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var taken = await connection.QueryAsync<StoredEvent>(
            new CommandDefinition(
                handedOn.Count == 0 ? TakeDueSql : $"{SettleSql}; {TakeDueSql}",
                new
                {
                    InboxIds = handedOn.Select(settled => settled.InboxId).ToArray(),
                    Outcomes = handedOn.Select(settled => settled.Outcome?.ToString().ToUpperInvariant()).ToArray(),
                    Details = handedOn.Select(settled => settled.Detail).ToArray(),
                    Pauses = handedOn.Select(settled => settled.Pause).ToArray(),
                    limit,
                    lease,
                },
                cancellationToken: cancellationToken
            )
        );
        return [.. taken.OrderBy(stored => stored.InboxId)];
    }

    private const string SettleSql = """
        update messages.inbox i
        set outcome = s.outcome,
            outcome_detail = case when s.outcome is not null then s.detail end,
            handled_at = case when s.outcome is not null then now() end,
            tries = i.tries + case when s.outcome is null and s.detail is not null then 1 else 0 end,
            next_try_at = case when s.outcome is null then now() + s.pause else i.next_try_at end,
            last_error = case when s.outcome is null then coalesce(s.detail, i.last_error) else i.last_error end
        from unnest(@InboxIds, @Outcomes, @Details, @Pauses) as s (inbox_id, outcome, detail, pause)
        where i.inbox_id = s.inbox_id and i.handled_at is null
        """;

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

    private sealed record Receipt(bool IsStored, bool IsKnown);
}
