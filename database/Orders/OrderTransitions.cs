using Dapper;
using Npgsql;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Activities;

namespace TemporalDelivery.Database.Orders;

/// <summary>Writes orders' changes of state.</summary>
public sealed class OrderTransitions(NpgsqlDataSource source, WakeSignals wake) : IOrderTransitionActivities
{
    /// <inheritdoc/>
    /// <exception cref="UnexpectedStateException">The order is not in the state that the change leaves, or does not exist.</exception>
    [Activity]
    public async Task RecordOrderTransitionAsync(OrderTransition transition)
    {
        ArgumentNullException.ThrowIfNull(transition);
        var cancellationToken = ActivityCancellation.Token;
        var values = new
        {
            transition.OrderId,
            transition.Attempt,
            From = transition.From.WireName(),
            To = transition.To.WireName(),
            transition.Event,
            transition.Reason,
            transition.FailureType,
            Actor = transition.Actor.ToString(),
            transition.WorkflowRunId,
            transition.Sequence,
        };
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var recorded = await connection.ExecuteAsync(
            new CommandDefinition(
                $"""
                with moved as (
                    update orders.orders
                    set status = @To, failure_type = @FailureType, reason = @Reason, updated_at = now(), version = version + 1
                    where order_id = @OrderId and status = @From and attempt = @Attempt
                        and not exists (
                            select from orders.order_audit
                            where order_id = @OrderId and workflow_run = @WorkflowRunId and sequence = @Sequence)
                    returning order_id
                ){(LeavesStartWindow(transition.To) ? $", gone as ({StartWindow.Leave})" : "")}
                insert into orders.order_audit (order_id, from_status, to_status, event, reason, actor, workflow_run, sequence)
                select order_id, @From, @To, @Event, @Reason, @Actor, @WorkflowRunId, @Sequence
                from moved
                """,
                values,
                cancellationToken: cancellationToken
            )
        );
        if (recorded == 0)
        {
            await RequireRecordedAsync(connection, transition, cancellationToken);
        }

        wake.Signal(Channels.Audited);
    }

    private static bool LeavesStartWindow(OrderStatus to) =>
        to is OrderStatus.Fulfillment or OrderStatus.Completed or OrderStatus.Failed or OrderStatus.Cancelled;

    // A statement of its own: it sees what a repetition that ran beside this one has committed meanwhile.
    private static async Task RequireRecordedAsync(
        NpgsqlConnection connection,
        OrderTransition transition,
        CancellationToken cancellationToken
    )
    {
        var found = await connection.QuerySingleOrDefaultAsync<Found>(
            new CommandDefinition(
                """
                select o.status, o.attempt, exists (
                    select from orders.order_audit a
                    where a.order_id = o.order_id and a.workflow_run = @WorkflowRunId and a.sequence = @Sequence) as recorded
                from orders.orders o
                where o.order_id = @OrderId
                """,
                new
                {
                    transition.OrderId,
                    transition.WorkflowRunId,
                    transition.Sequence,
                },
                cancellationToken: cancellationToken
            )
        );
        if (found is null)
        {
            throw new UnexpectedStateException($"There is no order {transition.OrderId}.");
        }

        if (!found.Recorded)
        {
            throw new UnexpectedStateException(
                $"Order {transition.OrderId} is {found.Status} in attempt {found.Attempt}: {transition.Event} would take attempt {transition.Attempt} "
                    + $"from {transition.From.WireName()} to {transition.To.WireName()}."
            );
        }
    }

    private sealed record Found(string Status, int Attempt, bool Recorded);
}
