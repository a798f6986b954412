using Dapper;
using Npgsql;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Database.Reconciliation;

/// <summary>The operators' tasks about books that differ.</summary>
public sealed class BookDifferences(NpgsqlDataSource source)
{
    private const int MaxOpen = 1_000;

    internal const string ListOpenSql = """
        select task_key
        from orders.operator_tasks
        where closed_at is null and kind = @Kind and task_key like @Pattern
        order by task_id
        limit @Limit
        """;

    private static readonly string Kind = OperatorTaskKind.BooksDiffer.WireName();

    /// <summary>
    /// Opens the task of a difference. Seen again it opens nothing and changes nothing, also when an operator has closed the task; when the
    /// facts have changed, or it comes back after it was gone, it does.
    /// </summary>
    public async Task OpenAsync(BookDifference difference, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(difference);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                $"""
                with opening as (
                    select @TaskId as task_id, @Key as task_key, @Kind as kind, null as workflow_run, @Detail as detail,
                        (select order_id from orders.orders where order_id = @OrderId) as order_id,
                        (select delivery_order_id from deliveries.delivery_orders where delivery_order_id = @DeliveryOrderId)
                            as delivery_order_id,
                        @Facts || '/' || (
                            select count(*) from orders.operator_tasks k where k.task_key = @Key and k.closed_by = 'system') as occasion
                )
                {OperatorTaskSql.Open("opening")}
                """,
                new
                {
                    TaskId = Guid.CreateVersion7(),
                    difference.Key,
                    Kind,
                    difference.Detail,
                    difference.OrderId,
                    difference.DeliveryOrderId,
                    difference.Facts,
                },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>The keys of the open tasks that fit the pattern, the longest open first; at most a thousand.</summary>
    public async Task<IReadOnlyList<string>> ListOpenAsync(string pattern, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return (
            await connection.QueryAsync<string>(
                new CommandDefinition(
                    ListOpenSql,
                    new
                    {
                        Kind,
                        Pattern = pattern,
                        Limit = MaxOpen,
                    },
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();
    }

    /// <summary>These differences are gone, when there were any.</summary>
    public async Task CloseAsync(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                OperatorTaskSql.Close("'system'", "'the books agree again'", "t.task_key = any(@Keys)"),
                new { Keys = keys.ToArray() },
                cancellationToken: cancellationToken
            )
        );
    }
}
