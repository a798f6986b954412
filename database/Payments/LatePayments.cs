using Dapper;
using Npgsql;
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
            """
            update orders.payments
            set status = 'REFUNDED', provider_payment_id = @paymentId, reason = 'settled late', updated_at = now(), version = version + 1
            where order_id = @OrderId and attempt = @Attempt and status <> 'REFUNDED'
                and coalesce(provider_payment_id, @paymentId) = @paymentId;

            update orders.operator_tasks
            set closed_at = now(), closed_by = 'system', resolution = 'the payment was refunded', version = version + 1
            where task_key = @Key and closed_at is null
            """,
            attempt,
            paymentId,
            null,
            cancellationToken
        );

    /// <summary>Money is with the provider that no order wants and that the system could not send back: an operator must.</summary>
    public Task OpenTaskAsync(OrderAttempt attempt, string paymentId, string detail, CancellationToken cancellationToken) =>
        ExecuteAsync(
            """
            insert into orders.operator_tasks (task_id, task_key, kind, order_id, detail)
            values (@TaskId, @Key, @Kind, @OrderId, @detail)
            on conflict (task_key) do nothing
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
