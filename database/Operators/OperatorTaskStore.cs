using Dapper;
using Npgsql;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;
using Temporalio.Activities;

namespace TemporalDelivery.Database.Operators;

/// <summary>What operators are asked to do.</summary>
public sealed class OperatorTaskStore(NpgsqlDataSource source) : IOperatorTaskActivities
{
    /// <inheritdoc/>
    [Activity]
    public async Task OpenOperatorTaskAsync(OperatorTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        var cancellationToken = RunningActivity.Cancellation;
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                insert into orders.operator_tasks (task_id, task_key, kind, order_id, delivery_order_id, detail)
                values (@TaskId, @Key, @Kind, @OrderId, @DeliveryOrderId, @Detail)
                on conflict (task_key) do nothing
                """,
                new
                {
                    TaskId = Guid.CreateVersion7(),
                    task.Key,
                    Kind = task.Kind.WireName(),
                    task.OrderId,
                    task.DeliveryOrderId,
                    task.Detail,
                },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <inheritdoc/>
    [Activity]
    public async Task CloseOperatorTaskAsync(OperatorTaskClosing closing)
    {
        ArgumentNullException.ThrowIfNull(closing);
        var cancellationToken = RunningActivity.Cancellation;
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                update orders.operator_tasks
                set closed_at = now(), closed_by = @Actor, resolution = @Resolution, version = version + 1
                where task_key = @Key and closed_at is null
                """,
                new
                {
                    closing.Key,
                    closing.Resolution,
                    Actor = closing.Actor.ToString(),
                },
                cancellationToken: cancellationToken
            )
        );
    }
}
