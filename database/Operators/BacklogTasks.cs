using Dapper;
using Npgsql;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Database.Operators;

/// <summary>
/// Messages that do not get on become operators' tasks: one per sender, reader or kind of refusal, however many there are, and one
/// for each order of which a reader has parked something. That is seen in
/// the tables, whatever it is that fails. A task says what it saw first; it is closed when nothing waits any more (what was refused waits
/// for an operator's word). What opened it is its occasion, so after an operator's word the same message opens no other.
/// </summary>
public sealed class BacklogTasks(NpgsqlDataSource source)
{
    // Some mail servers take nothing from strangers at first, and let them come again.
    private static readonly TimeSpan PatienceWithMailServers = TimeSpan.FromHours(1);

    /// <summary>Opens and closes tasks as the tables stand.</summary>
    /// <param name="patience">How long a message may wait.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task CheckAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                Sql,
                new
                {
                    patience,
                    PatienceWithMailServers,
                    EventsWaiting = OperatorTaskKind.EventsWaiting.WireName(),
                    EventsRefused = OperatorTaskKind.EventsRefused.WireName(),
                    MessagesWaiting = OperatorTaskKind.MessagesWaiting.WireName(),
                    MessageParked = OperatorTaskKind.MessageParked.WireName(),
                },
                cancellationToken: cancellationToken
            )
        );
    }

    // A reader is behind when what it has to read next was published long ago.
    private static readonly string Sql = $"""
        with senders (sender) as (
            values ('partner'), ('payments')
        ), found as (
            select 'inbox/' || s.sender as task_key, i.inbox_id::text as occasion, @EventsWaiting as kind,
                format('event %s of %s about %s waits since %s to be handed on: %s', i.event_id, s.sender, i.aggregate_id,
                    orders.json_time(i.received_at), coalesce(i.last_error, 'nobody has tried')) as detail
            from senders s
            cross join lateral (
                select inbox_id, event_id, aggregate_id, received_at, last_error
                from messages.inbox
                where sender = s.sender and handled_at is null and received_at < now() - @patience
                order by inbox_id
                limit 1) i
            union all
            select 'inbox/' || s.sender || '/' || o.outcome, i.inbox_id::text, @EventsRefused,
                format('event %s of %s about %s came at %s: %s', i.event_id, s.sender, coalesce(i.aggregate_id::text, 'nothing that we know'),
                    orders.json_time(i.received_at),
                    case o.outcome when 'CONFLICTING' then 'another was sent under the same id before, which holds' else i.outcome_detail end)
            from senders s
            cross join (values ('UNROUTABLE'), ('CONFLICTING')) o (outcome)
            cross join lateral (
                select inbox_id, event_id, aggregate_id, received_at, outcome_detail
                from messages.inbox
                where sender = s.sender and outcome = o.outcome
                order by inbox_id desc
                limit 1) i
            union all
            (select 'outbox/publishing', outbox_id::text, @MessagesWaiting,
                format('event %s of %s waits since %s to be published', topic, aggregate_id, orders.json_time(recorded_at))
            from messages.outbox
            where position is null and recorded_at < now() - @patience
            order by outbox_id
            limit 1)
            union all
            select 'outbox/' || r.reader, o.position::text, @MessagesWaiting,
                format('%s do not read the events for others: %s of %s was published at %s; %s', r.reader, o.topic, o.aggregate_id,
                    orders.json_time(o.published_at),
                    coalesce(r.last_error, 'nobody has tried') || '; where nobody is to, its row of messages.readers has to be deleted')
            from messages.readers r
            cross join lateral (
                select position, topic, aggregate_id, published_at
                from messages.outbox
                where position > r.position
                order by position
                limit 1) o
            where o.published_at < now() - @patience
            union all
            (select 'mails', mail_id::text, @MessagesWaiting,
                format('mail %s of order %s waits since %s to be sent: %s', kind, order_id, orders.json_time(recorded_at),
                    coalesce(last_error, 'nobody has tried'))
            from messages.mails
            where state = 'WAITING' and recorded_at < now() - @PatienceWithMailServers
            order by position
            limit 1)
            union all
            select 'webhooks/' || endpoint_id, orders.json_time(paused_at), @MessagesWaiting,
                format('webhook endpoint %s of %s, %s, is told nothing since %s: %s', endpoint_id, owner, url, orders.json_time(paused_at),
                    pause_reason)
            from messages.webhook_endpoints
            where paused_at is not null
            union all
            select {ParkedSql.TaskKey}, {ParkedSql.Occasion}, @MessageParked,
                format('%s cannot deal with %s, which happened at %s: %s', p.reader, o.topic, orders.json_time(o.recorded_at), p.reason)
            from messages.parked p join messages.outbox o using (position)
            where p.reason is not null and not p.given_up
                and not exists (
                    select from messages.parked f where f.reader = p.reader and f.order_id = p.order_id and f.position < p.position)
        ), opening as (
            select gen_random_uuid() as task_id, f.task_key, f.occasion, f.kind,
                case f.kind when @MessageParked then (select order_id from orders.orders where order_id = right(f.task_key, 36)::uuid) end as order_id,
                null::uuid as delivery_order_id,
                null as workflow_run, f.detail
            from found f
            where not exists (select from orders.operator_tasks t where t.task_key = f.task_key and t.closed_at is null)
        ), over as (
            {OperatorTaskSql.Close(
            "'system'",
            "'nothing waits any more'",
            "t.kind in (@EventsWaiting, @MessagesWaiting, @MessageParked) and t.task_key not in (select task_key from found)"
        )}
        )
        {OperatorTaskSql.Open("opening")}
        """;
}
