using Dapper;
using Npgsql;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Database.Operators;

/// <summary>The operators' queue: what they see of it, and what they do to it.</summary>
public sealed class OperatorTaskQueue(NpgsqlDataSource source, Announcements announcements)
{
    private const int MaxHistory = 200;

    /// <summary>Tasks, those that were opened first first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cursor">Where the page before ended; null for the first.</param>
    /// <param name="limit">The most tasks of a page.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<Page<StoredTask, Guid>> ListAsync(
        OperatorTaskFilter filter,
        Guid? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(filter);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<StoredTask>(
            new CommandDefinition(
                ListSql(filter, cursor is not null),
                new
                {
                    Kind = filter.Kind?.WireName(),
                    ClaimedBy = filter.ClaimedBy?.ToString(),
                    filter.OrderId,
                    filter.OlderThan,
                    cursor,
                    count = limit + 1,
                },
                cancellationToken: cancellationToken
            )
        );
        return Page<StoredTask, Guid>.From(rows.AsList(), limit, task => task.TaskId);
    }

    // A condition stands in the text only when it is asked for, so that each form has its own index.
    internal static string ListSql(OperatorTaskFilter filter, bool continued) =>
        $"""
            select {Columns}
            from orders.operator_tasks
            where closed_at is {(filter.Open ? "" : "not")} null
                {(filter.Kind is null ? "" : "and kind = @Kind")}
                {(filter.ClaimedBy is null ? "" : "and claimed_by = @ClaimedBy and claimed_till > now()")}
                {(filter.OrderId is null ? "" : "and order_id = @OrderId")}
                {(filter.OlderThan is null ? "" : "and opened_at <= now() - @OlderThan")}
                {(continued ? "and task_id > @cursor" : "")}
            order by task_id
            limit @count
            """;

    /// <summary>The task, or null.</summary>
    public async Task<TaskWithHistory?> FindAsync(Guid taskId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, null, taskId, cancellationToken);
    }

    /// <summary>Makes a change, with its line in the task's history, unless something stands against it.</summary>
    public async Task<OperatorTaskOutcome> ChangeAsync(OperatorTaskChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var task = await connection.QuerySingleOrDefaultAsync<StoredTask>(
            new CommandDefinition(
                $"select {Columns} from orders.operator_tasks where task_id = @TaskId for no key update",
                new { change.TaskId },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (task is null)
        {
            return new(OperatorTaskVerdict.Unknown, null);
        }

        var isRepeated = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                "select exists (select from orders.operator_task_audit where request = @Request)",
                new { change.Request },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        var verdict = isRepeated ? OperatorTaskVerdict.Made : Judge(change, task);
        if (verdict == OperatorTaskVerdict.Made && !isRepeated)
        {
            await ApplyAsync(connection, transaction, task, change, cancellationToken);
        }

        var now = await FindAsync(connection, transaction, change.TaskId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        announcements.Announce(Channels.OrderAccepted);
        return new(verdict, now);
    }

    private static OperatorTaskVerdict Judge(OperatorTaskChange change, StoredTask task)
    {
        var isOwn = task.ClaimedBy == change.Operator.ToString();
        return change switch
        {
            { MayChange: { } mayChange } when !mayChange(task.Version) => OperatorTaskVerdict.Outdated,
            OperatorTaskChange.Note => OperatorTaskVerdict.Made,
            _ when task.ClosedAt is not null => OperatorTaskVerdict.Closed,
            _ when task.ClaimedBy is not null && !isOwn => OperatorTaskVerdict.ClaimedByAnother,
            OperatorTaskChange.Release when !isOwn => OperatorTaskVerdict.NotClaimed,
            _ => OperatorTaskVerdict.Made,
        };
    }

    private static async Task ApplyAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        StoredTask task,
        OperatorTaskChange change,
        CancellationToken cancellationToken
    )
    {
        var resolution = (change as OperatorTaskChange.Resolve)?.Resolution;
        var (what, to) = change switch
        {
            OperatorTaskChange.Claim => ("CLAIMED", "claimed_by = @Operator, claimed_till = now() + @For,"),
            OperatorTaskChange.Release => ("RELEASED", "claimed_by = null, claimed_till = null,"),
            OperatorTaskChange.Resolve => (
                "CLOSED",
                """
                closed_at = now(), closed_by = @Operator, resolution = @Resolution, reason = @Text, claimed_by = null,
                claimed_till = null,
                """
            ),
            _ => ("NOTED", ""),
        };
        await connection.ExecuteAsync(
            new CommandDefinition(
                $"""
                update orders.operator_tasks set {to} version = version + 1 where task_id = @TaskId;

                insert into orders.operator_task_audit (task_id, event, actor, text, request)
                values (@TaskId, '{what}', @Operator, nullif(concat_ws(': ', @Resolution::text, @Text::text), ''), @Request);

                {resolution switch
                {
                    OperatorTaskResolution.Resume => OrderStarts.ResumeSql,
                    OperatorTaskResolution.Undo => $"{OrderStarts.ResumeSql}; {Cancellations.AskSql}",
                    OperatorTaskResolution.Retry => ParkedSql.Retry,
                    OperatorTaskResolution.Drop => ParkedSql.Drop,
                    _ => "",
                }}
                """,
                new
                {
                    change.TaskId,
                    task.OrderId,
                    CancellationId = $"{Cancellations.UndoPrefix}{change.TaskId}",
                    Operator = change.Operator.ToString(),
                    change.Text,
                    change.Request,
                    For = (change as OperatorTaskChange.Claim)?.For,
                    Resolution = resolution?.WireName(),
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
    }

    // A claim that has run out is none.
    private const string Columns = """
        task_id, kind, occurrence, order_id, delivery_order_id, workflow_run, detail, opened_at,
        case when claimed_till > now() then claimed_by end as claimed_by, case when claimed_till > now() then claimed_till end as claimed_till,
        closed_at, closed_by, resolution, reason, version
        """;

    private static async Task<TaskWithHistory?> FindAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction? transaction,
        Guid taskId,
        CancellationToken cancellationToken
    )
    {
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select {Columns} from orders.operator_tasks where task_id = @taskId;

                select event, actor, text, at
                from (
                    select audit_id, event, actor, text, at
                    from orders.operator_task_audit
                    where task_id = @taskId
                    order by audit_id desc
                    limit {MaxHistory}
                ) latest
                order by audit_id
                """,
                new { taskId },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        var task = await results.ReadSingleOrDefaultAsync<StoredTask>();
        var history = (await results.ReadAsync<TaskEvent>()).AsList();
        return task is null ? null : new(task, history);
    }
}
