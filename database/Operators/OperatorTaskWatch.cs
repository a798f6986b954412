using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Operators;

/// <summary>How many tasks of a kind are open.</summary>
/// <param name="Kind">An operator task kind's wire name.</param>
/// <param name="Count">How many.</param>
/// <param name="OldestOpenedAt">Since when the longest open one is.</param>
public sealed record OpenTasks(string Kind, long Count, DateTime OldestOpenedAt);

/// <summary>A task that nobody was told of.</summary>
public sealed record UnannouncedTask(string Kind, Guid? OrderId, Guid? DeliveryOrderId, string Detail);

/// <summary>What those who watch over the operators' queue see of it.</summary>
public sealed class OperatorTaskWatch(NpgsqlDataSource source)
{
    /// <summary>The kinds of which tasks are open.</summary>
    public async Task<IReadOnlyList<OpenTasks>> CountAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<OpenTasks>(new CommandDefinition(CountSql, cancellationToken: cancellationToken))).AsList();
    }

    internal const string CountSql = """
        select kind, count(*) as count, min(opened_at) as oldest_opened_at
        from orders.operator_tasks
        where closed_at is null
        group by kind
        """;

    /// <summary>
    /// Tells of tasks that were opened, or happened again: of each at least once, whoever dies, and mostly by one of all who do this.
    /// </summary>
    /// <param name="limit">The most tasks.</param>
    /// <param name="announce">Tells of one.</param>
    /// <param name="cancellationToken">Stops; what was told is told again then.</param>
    /// <returns>Of how many was told.</returns>
    public async Task<int> AnnounceAsync(int limit, Action<UnannouncedTask> announce, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(announce);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(AnySql, cancellationToken: cancellationToken)))
        {
            return 0;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var tasks = (
            await connection.QueryAsync<UnannouncedTask>(
                new CommandDefinition(TakeSql, new { limit }, transaction, cancellationToken: cancellationToken)
            )
        ).AsList();
        foreach (var task in tasks)
        {
            announce(task);
        }

        await transaction.CommitAsync(cancellationToken);
        return tasks.Count;
    }

    private const string AnySql = "select exists (select from orders.operator_tasks where announced_at is null)";

    // The locks, and what is written, last to the commit: until then nobody else tells of these.
    internal const string TakeSql = """
        update orders.operator_tasks t
        set announced_at = now()
        from (
            select task_id from orders.operator_tasks where announced_at is null order by task_id limit @limit for no key update skip locked
        ) due
        where t.task_id = due.task_id
        returning t.kind, t.order_id, t.delivery_order_id, t.detail
        """;
}
