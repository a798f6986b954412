using Dapper;
using Npgsql;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Workflows;

namespace TemporalDelivery.Database.Mails;

/// <summary>The mails to customers: recorded once per event, sent at least once, in order for each order.</summary>
public sealed class MailStore(NpgsqlDataSource source, WakeSignals wake)
{
    /// <summary>A mail that could not be sent for so long is given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <summary>Records a mail, unless there is one of this event.</summary>
    /// <returns>False: there is no such order of this customer, and nothing is recorded.</returns>
    public async Task<bool> RecordAsync(RecordedMail mail, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(mail);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var isKnown = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                RecordSql,
                new
                {
                    MailId = Guid.CreateVersion7(),
                    mail.EventId,
                    mail.Position,
                    mail.CustomerId,
                    mail.OrderId,
                    mail.DeliveryOrderId,
                    Kind = mail.Kind.WireName(),
                    Facts = Json.Write(mail.Facts),
                },
                cancellationToken: cancellationToken
            )
        );
        wake.Signal(Channels.MailRecorded);
        return isKnown;
    }

    /// <summary>
    /// Takes mails that are due, those that wait longest first: of each order the first that waits, so that none overtakes another. They
    /// are the caller's for <paramref name="lease"/>; what nothing is told of by then is due again. Nothing is written when none is due.
    /// </summary>
    public async Task<IReadOnlyList<DueMail>> TakeDueAsync(int limit, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<DueRow>(
            new CommandDefinition(TakeDueSql, new { limit, lease }, cancellationToken: cancellationToken)
        );
        return [.. rows.OrderBy(row => row.Position).Select(row => row.Read())];
    }

    /// <summary>Stores what became of a mail, unless another has told it before.</summary>
    /// <returns>What the mail is now.</returns>
    public async Task<MailState> SettleAsync(MailOutcome outcome, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var state = outcome switch
        {
            MailOutcome.Sent => MailState.Sent,
            MailOutcome.Bounced => MailState.Bounced,
            MailOutcome.Suppressed => MailState.Suppressed,
            _ => MailState.Waiting,
        };
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return WireNames.Parse<MailState>(
            await connection.QuerySingleAsync<string>(
                new CommandDefinition(
                    SettleSql,
                    new
                    {
                        outcome.MailId,
                        State = state.WireName(),
                        outcome.Error,
                        IsTried = outcome is not (MailOutcome.NotTried or MailOutcome.Suppressed),
                        Pause = (outcome as MailOutcome.Failed)?.Pause ?? TimeSpan.Zero,
                        (outcome as MailOutcome.Bounced)?.Address,
                        Patience,
                    },
                    cancellationToken: cancellationToken
                )
            )
        );
    }

    /// <summary>Mails, newest first.</summary>
    /// <param name="customerId">Only this customer's.</param>
    /// <param name="cursor">Where the page before ended; null for the first.</param>
    /// <param name="limit">The most mails of a page.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<Page<StoredMail, Guid>> ListAsync(Guid? customerId, Guid? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<StoredMail>(
            new CommandDefinition(
                ListSql(customerId is not null, cursor is not null),
                new
                {
                    customerId,
                    cursor,
                    count = limit + 1,
                },
                cancellationToken: cancellationToken
            )
        );
        return Page<StoredMail, Guid>.From(rows.AsList(), limit, mail => mail.MailId);
    }

    private const string RecordSql = """
        with addressee as (
            select c.customer_id, c.language
            from orders.orders o
            join orders.customers c using (customer_id)
            where o.order_id = @OrderId and o.customer_id = @CustomerId
        ), recorded as (
            insert into messages.mails (mail_id, event_id, position, customer_id, order_id, delivery_order_id, kind, language, facts)
            select @MailId, @EventId, @Position, customer_id, @OrderId, @DeliveryOrderId, @Kind, language, @Facts::jsonb
            from addressee
            on conflict (event_id, customer_id) do nothing
        )
        select exists (select from addressee)
        """;

    internal const string TakeDueSql = """
        with due as (
            select w.mail_id
            from messages.mails w
            where w.state = 'WAITING' and w.next_try_at <= now()
                and not exists (
                    select from messages.mails e where e.order_id = w.order_id and e.state = 'WAITING' and e.position < w.position)
            order by w.next_try_at, w.position
            limit @limit
            for update skip locked
        ), taken as (
            update messages.mails m
            set next_try_at = now() + @lease
            from due
            where m.mail_id = due.mail_id
            returning m.*
        )
        select m.mail_id, m.event_id, m.position, m.kind, m.language, m.facts::text as facts, m.recorded_at, m.tries, c.name,
            c.email as address, b.address is not distinct from c.email as has_bounced, m.order_id, o.total_cents,
            (select jsonb_agg(jsonb_build_object('name', l.name, 'quantity', l.quantity, 'unitPriceCents', l.unit_price_cents)
                order by l.line_number)::text
            from orders.order_lines l
            where l.order_id = m.order_id) as lines,
            p.status as payment_status, p.amount_cents, m.delivery_order_id, d.state as delivery_state, d.waits_until,
            d.partner_delivery_number as tracking_number
        from taken m
        join orders.customers c on c.customer_id = m.customer_id
        join orders.orders o on o.order_id = m.order_id
        left join messages.bounced_addresses b on b.customer_id = m.customer_id
        left join orders.payments p on p.order_id = m.order_id and p.attempt = (m.facts ->> 'attempt')::integer
        left join deliveries.delivery_orders d on d.delivery_order_id = m.delivery_order_id
        """;

    // What waits behind a mail is not looked at before it.
    private const string SettleSql = """
        with settled as (
            update messages.mails m
            set state = next.state,
                settled_at = case when next.state <> 'WAITING' then now() end,
                tries = m.tries + case when @IsTried then 1 else 0 end,
                next_try_at = now() + @Pause,
                last_error = coalesce(@Error, m.last_error)
            from messages.mails before
            cross join lateral (
                select case
                    when @State = 'WAITING' and @IsTried and before.recorded_at < now() - @Patience then 'GIVEN_UP'
                    else @State
                end as state
            ) next
            where before.mail_id = @MailId and m.mail_id = before.mail_id and m.state = 'WAITING'
            returning m.mail_id, m.order_id, m.customer_id, m.state, m.next_try_at
        ), behind as (
            update messages.mails m
            set next_try_at = case s.state when 'WAITING' then s.next_try_at else now() end
            from settled s
            where m.order_id = s.order_id and m.mail_id <> s.mail_id and m.state = 'WAITING'
        ), bounced as (
            insert into messages.bounced_addresses as b (customer_id, address, reason)
            select customer_id, @Address, @Error
            from settled
            where state = 'BOUNCED'
            on conflict (customer_id) do update set address = excluded.address, reason = excluded.reason, bounced_at = now()
        )
        select coalesce((select state from settled), (select state from messages.mails where mail_id = @MailId))
        """;

    internal static string ListSql(bool byCustomer, bool continued) =>
        $"""
            select mail_id, customer_id, kind, order_id, delivery_order_id, state, recorded_at, tries,
                case when state = 'WAITING' then next_try_at end as next_try_at, last_error, settled_at
            from messages.mails
            where true
                {(byCustomer ? "and customer_id = @customerId" : "")}
                {(continued ? "and mail_id < @cursor" : "")}
            order by mail_id desc
            limit @count
            """;

    private sealed record DueRow(
        Guid MailId,
        Guid EventId,
        long Position,
        string Kind,
        string Language,
        string Facts,
        DateTime RecordedAt,
        int Tries,
        string Name,
        string Address,
        bool HasBounced,
        Guid OrderId,
        long TotalCents,
        string Lines,
        string? PaymentStatus,
        long? AmountCents,
        Guid? DeliveryOrderId,
        string? DeliveryState,
        DateTime? WaitsUntil,
        string? TrackingNumber
    )
    {
        public DueMail Read() =>
            new(
                MailId,
                EventId,
                WireNames.Parse<MailKind>(Kind),
                Language,
                Json.Read<MailFacts>(Facts),
                RecordedAt,
                Tries,
                Name,
                Address,
                HasBounced,
                OrderId,
                TotalCents,
                Json.Read<IReadOnlyList<MailLine>>(Lines),
                PaymentStatus is null ? null : new(PaymentStatus, AmountCents!.Value),
                DeliveryState is null ? null : new(DeliveryOrderId!.Value, DeliveryState, WaitsUntil, TrackingNumber)
            );
    }
}
