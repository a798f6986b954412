using Dapper;
using Npgsql;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Payments;

/// <summary>Where an order and one of its payments stand when the provider's event comes.</summary>
/// <param name="OrderStatus">The order's status.</param>
/// <param name="OrderAttempt">Its attempt now.</param>
/// <param name="Undoing">Whether that attempt is being undone, or was.</param>
/// <param name="Status">The payment's status; null when the attempt that the event names has none.</param>
/// <param name="ProviderPaymentId">The provider's id of it, as far as it is known here.</param>
public sealed record PaymentStanding(string OrderStatus, int OrderAttempt, bool Undoing, string? Status, string? ProviderPaymentId)
{
    /// <summary>Whether nothing of the order is done any more, by its row.</summary>
    public bool IsOver => OrderStatus is "COMPLETED" or "FAILED" or "CANCELLED";
}

/// <summary>Payments whose event may come when no workflow waits for it any more.</summary>
public sealed class LatePayments(NpgsqlDataSource source)
{
    /// <summary>Where the order and the attempt's payment stand; null when there is no such order.</summary>
    public async Task<PaymentStanding?> FindAsync(OrderAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<PaymentStanding>(
            new CommandDefinition(
                """
                select o.status as order_status, o.attempt as order_attempt, o.undoing, p.status, p.provider_payment_id
                from orders.orders o
                left join orders.payments p on p.order_id = o.order_id and p.attempt = @Attempt
                where o.order_id = @OrderId
                """,
                new { attempt.OrderId, attempt.Attempt },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>
    /// A charge that was settled late has been refunded. The payment says so when it is that charge's, and a task about it is closed.
    /// </summary>
    public Task RefundedAsync(OrderAttempt attempt, string paymentId, CancellationToken cancellationToken) =>
        ExecuteAsync(
            $"""
            update orders.payments
            set status = 'REFUNDED', provider_payment_id = @paymentId, reason = 'settled late', updated_at = now(), version = version + 1
            where order_id = @OrderId and attempt = @Attempt and status <> 'REFUNDED'
                and coalesce(provider_payment_id, @paymentId) = @paymentId;

            {OperatorTaskSql.Close("'system'", "'the payment was refunded'", "t.task_key = @Key")}
            """,
            attempt,
            paymentId,
            null,
            cancellationToken
        );

    /// <summary>Money is with the provider that no order wants and that the system could not send back: an operator must.</summary>
    public Task OpenTaskAsync(OrderAttempt attempt, string paymentId, string detail, CancellationToken cancellationToken) =>
        ExecuteAsync(
            $"""
            with opening as (
                select @TaskId as task_id, @Key as task_key, '' as occasion, @Kind as kind, @OrderId as order_id,
                    null::uuid as delivery_order_id, null as workflow_run, @detail as detail
            )
            {OperatorTaskSql.Open("opening")}
            """,
            attempt,
            paymentId,
            detail,
            cancellationToken
        );

    private async Task ExecuteAsync(string sql, OrderAttempt attempt, string paymentId, string? detail, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                sql,
                new
                {
                    attempt.OrderId,
                    attempt.Attempt,
                    paymentId,
                    detail,
                    TaskId = Guid.CreateVersion7(),
                    Key = $"{WorkflowIds.Order(attempt.OrderId)}/settled-late/{paymentId}",
                    Kind = OperatorTaskKind.PaymentSettledLate.WireName(),
                },
                cancellationToken: cancellationToken
            )
        );
    }
}
