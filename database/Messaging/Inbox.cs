using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Messaging;

/// <summary>Who sends us events.</summary>
public enum EventSender
{
    /// <summary>The delivery partner, about delivery orders.</summary>
    Partner,

    /// <summary>The payment provider, about the charges of orders.</summary>
    Payments,
}

/// <summary>An outside event as it came in.</summary>
/// <param name="Sender">Who sent it.</param>
/// <param name="EventId">The sender's id of it.</param>
/// <param name="AggregateId">Which delivery order, or order, it is about; null when its type is unknown here.</param>
/// <param name="Body">The signed body as it came.</param>
public sealed record IncomingEvent(EventSender Sender, string EventId, Guid? AggregateId, string Body);

/// <summary>What became of an outside event that came in.</summary>
public enum InboxReceipt
{
    /// <summary>Stored now; a relay hands it on, unless its type is unknown.</summary>
    Stored,

    /// <summary>Stored before: nothing changed.</summary>
    Duplicate,

    /// <summary>Another event was stored under its id: this one is kept beside it and is not handed on.</summary>
    Conflicting,

    /// <summary>What it is about does not exist: nothing is stored.</summary>
    UnknownAggregate,
}

/// <summary>How a stored event was settled.</summary>
public enum InboxOutcome
{
    /// <summary>Its workflow has it, or knew it before.</summary>
    Delivered,

    /// <summary>It came when nothing waited for it any more; what that means was stored, or undone.</summary>
    Late,

    /// <summary>It cannot be read: kept as evidence.</summary>
    Unroutable,
}

/// <summary>A stored event that waits to be handed on.</summary>
/// <param name="InboxId">Its place in the order of arrival.</param>
/// <param name="EventId">The sender's id of it.</param>
/// <param name="AggregateId">Which delivery order, or order, it is about.</param>
/// <param name="Body">As it came.</param>
/// <param name="Tries">How often handing it on has failed.</param>
/// <param name="DeliveryState">The state of the delivery order that it is about; null when it is about none.</param>
/// <param name="GraphVersion">The delivery graph that this delivery order lives by.</param>
/// <param name="IsOver">Whether this delivery order has ended, or a later one took over.</param>
public sealed record StoredEvent(
    long InboxId,
    string EventId,
    Guid AggregateId,
    string Body,
    int Tries,
    string? DeliveryState,
    int? GraphVersion,
    bool IsOver
);

/// <summary>What became of an event that was taken to be handed on.</summary>
/// <param name="InboxId">Which event.</param>
/// <param name="Outcome">How it is settled; null when it is due again after <paramref name="Pause"/>.</param>
/// <param name="Detail">Why it is late or unroutable, or why handing it on failed; null when it was not tried.</param>
/// <param name="Pause">How long it waits.</param>
public sealed record HandedOn(long InboxId, InboxOutcome? Outcome, string? Detail = null, TimeSpan Pause = default);

/// <summary>The raw events of outside parties, each stored once before it is acknowledged.</summary>
public sealed class Inbox(NpgsqlDataSource source, Announcements announcements)
{
    /// <summary>The channel on which the sender's stored events are announced.</summary>
    public static string Channel(EventSender sender) =>
        sender == EventSender.Partner ? Channels.PartnerEventStored : Channels.PaymentEventStored;

    /// <summary>Stores an event unless it is stored. An event that is about nothing is stored too: its type is unknown.</summary>
    public async Task<InboxReceipt> StoreAsync(IncomingEvent incoming, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(incoming);
        var parameters = new
        {
            Sender = Name(incoming.Sender),
            incoming.EventId,
            incoming.AggregateId,
            incoming.Body,
        };
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var receipt = await connection.QuerySingleAsync<Receipt>(
            new CommandDefinition(StoreSql(incoming), parameters, cancellationToken: cancellationToken)
        );
        if (receipt.IsStored)
        {
            announcements.Announce(Channel(incoming.Sender));
            return InboxReceipt.Stored;
        }

        if (!receipt.IsKnown)
        {
            return InboxReceipt.UnknownAggregate;
        }

        // A statement of its own: it sees the event that was stored while the first one waited for it.
        var isOther = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(KeepConflictSql, parameters, cancellationToken: cancellationToken)
        );
        return isOther ? InboxReceipt.Conflicting : InboxReceipt.Duplicate;
    }

    /// <summary>
    /// Keeps what cannot be read, or is about nothing that we know, for an operator: under a key of its own, so that it never stands in the
    /// way of an event.
    /// </summary>
    /// <param name="sender">Who sent it.</param>
    /// <param name="key">The same for the same: it is kept once.</param>
    /// <param name="body">As it came, as far as a text can bear it.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task KeepUnroutableAsync(EventSender sender, string key, string body, string reason, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                insert into messages.inbox (sender, event_id, body, handled_at, outcome, outcome_detail)
                values (@Sender, @key, @body, now(), 'UNROUTABLE', @reason)
                on conflict do nothing
                """,
                new
                {
                    Sender = Name(sender),
                    key,
                    body,
                    reason,
                },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>
    /// Stores what became of events taken before, and takes those of a sender that are due to be handed on, those that wait longest first.
    /// They are the caller's for <paramref name="lease"/>: whoever takes next gets others, and these again when nothing was told of them by
    /// then. One transaction, and none that writes when there is nothing to do.
    /// </summary>
    public async Task<IReadOnlyList<StoredEvent>> TakeDueAsync(
        EventSender sender,
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
                    Sender = Name(sender),
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

    private static string Name(EventSender sender) => sender == EventSender.Partner ? "partner" : "payments";

    private static string StoreSql(IncomingEvent incoming)
    {
        var isKnown = incoming switch
        {
            { AggregateId: null } => "true",
            { Sender: EventSender.Partner } =>
                "exists (select from deliveries.delivery_orders where delivery_order_id = @AggregateId::uuid)",
            _ => "exists (select from orders.orders where order_id = @AggregateId::uuid)",
        };
        return $"""
            with stored as (
                insert into messages.inbox (sender, event_id, aggregate_id, body, handled_at, outcome)
                select @Sender, @EventId, @AggregateId::uuid, @Body,
                    case when @AggregateId::uuid is null then now() end,
                    case when @AggregateId::uuid is null then 'UNKNOWN_TYPE' end
                where {isKnown}
                on conflict (sender, event_id) where outcome is distinct from 'CONFLICTING' do nothing
                returning inbox_id
            )
            select exists (select from stored) as is_stored, {isKnown} as is_known
            """;
    }

    private const string KeepConflictSql = """
        with other as (
            select from messages.inbox
            where sender = @Sender and event_id = @EventId and outcome is distinct from 'CONFLICTING' and body <> @Body
        ), kept as (
            insert into messages.inbox (sender, event_id, aggregate_id, body, handled_at, outcome)
            select @Sender, @EventId, @AggregateId::uuid, @Body, now(), 'CONFLICTING'
            from other
            on conflict do nothing
        )
        select exists (select from other)
        """;

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
            select inbox_id, aggregate_id
            from messages.inbox
            where sender = @Sender and handled_at is null and next_try_at <= now()
            order by next_try_at, inbox_id
            limit @limit
            for update skip locked
        ) due
        left join deliveries.delivery_orders d on d.delivery_order_id = due.aggregate_id and @Sender = 'partner'
        where i.inbox_id = due.inbox_id
        returning i.inbox_id, i.event_id, i.aggregate_id, i.body, i.tries, d.state as delivery_state, d.graph_version,
            coalesce(not d.active, false) as is_over
        """;

    private sealed record Receipt(bool IsStored, bool IsKnown);
}
