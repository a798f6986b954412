using Dapper;
using Npgsql;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;
using Temporalio.Activities;

namespace TemporalDelivery.Database.Operators;

/// <summary>Opens and closes tasks for workflows that do so outside of their steps.</summary>
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
                $"""
                with opening as (
                    select @TaskId as task_id, @Key as task_key, @Occasion as occasion, @Kind as kind, @OrderId as order_id,
                        @DeliveryOrderId as delivery_order_id, @WorkflowRun as workflow_run, @Detail as detail
                )
                {OperatorTaskSql.Open("opening")}
                """,
                new
                {
                    TaskId = Guid.CreateVersion7(),
                    task.Key,
                    task.Occasion,
                    Kind = task.Kind.WireName(),
                    task.OrderId,
                    task.DeliveryOrderId,
                    RunningActivity.WorkflowRun,
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
                OperatorTaskSql.Close("@Actor", "@Resolution", "t.task_key = @Key"),
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
