using Dapper;
using Npgsql;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Payments;

/// <summary>A payment as it is stored.</summary>
/// <param name="PaymentId">Ours.</param>
/// <param name="ProviderPaymentId">The provider's; null while its answer to the charge is not known, and when it was never asked.</param>
/// <param name="Status">PENDING, SETTLED, DECLINED, REFUNDED or VOIDED.</param>
/// <param name="AmountCents">EUR cents.</param>
/// <param name="Reason">Why it was declined.</param>
/// <param name="PaymentToken">The order's.</param>
public sealed record StoredPayment(
    Guid PaymentId,
    string? ProviderPaymentId,
    string Status,
    long AmountCents,
    string? Reason,
    string PaymentToken
);

/// <summary>Payments, one per order and attempt. A status only moves from PENDING, or from SETTLED when the money goes back.</summary>
public sealed class PaymentStore(NpgsqlDataSource source)
{
    /// <summary>
    /// The payment of this order and attempt, made as PENDING when there is none: before the provider is asked, so that no charge is ever
    /// unknown here.
    /// </summary>
    public async Task<StoredPayment> BeginAsync(ChargeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                insert into orders.payments (payment_id, order_id, attempt, status, amount_cents)
                values (@PaymentId, @OrderId, @Attempt, 'PENDING', @AmountCents)
                on conflict (order_id, attempt) do nothing;

                update orders.orders
                set discount_cents = total_cents - @AmountCents, version = version + 1
                where order_id = @OrderId and attempt = @Attempt and discount_cents <> total_cents - @AmountCents
                """,
                new
                {
                    PaymentId = Guid.CreateVersion7(),
                    request.OrderId,
                    request.Attempt,
                    request.AmountCents,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        var payment = await FindAsync(connection, new OrderAttempt(request.OrderId, request.Attempt), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return payment ?? throw new InvalidOperationException($"The payment of {request.OrderId}/{request.Attempt} vanished.");
    }

    /// <summary>
    /// The payment of this order and attempt; where there is none, one that is VOIDED, so that a late charge charges nothing.
    /// </summary>
    public async Task<StoredPayment> FindOrVoidAsync(OrderAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                insert into orders.payments (payment_id, order_id, attempt, status, amount_cents)
                values (@PaymentId, @OrderId, @Attempt, 'VOIDED', 0)
                on conflict (order_id, attempt) do nothing
                """,
                new
                {
                    PaymentId = Guid.CreateVersion7(),
                    attempt.OrderId,
                    attempt.Attempt,
                },
                cancellationToken: cancellationToken
            )
        );
        return await FindAsync(connection, attempt, cancellationToken)
            ?? throw new InvalidOperationException($"The payment of {attempt} vanished.");
    }

    /// <summary>The payment of this order and attempt, or null.</summary>
    public async Task<StoredPayment?> FindAsync(OrderAttempt attempt, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, attempt, cancellationToken);
    }

    /// <summary>Stores what the provider said of a PENDING payment; a payment that is no longer PENDING stays as it is.</summary>
    public async Task StoreAsync(
        OrderAttempt attempt,
        ChargeOutcome outcome,
        string? providerPaymentId,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(attempt);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                $"""
                update orders.payments
                set status = @status, provider_payment_id = coalesce(@providerPaymentId, provider_payment_id), reason = @reason,
                    updated_at = now(), version = version + 1
                where order_id = @OrderId and attempt = @Attempt and status = 'PENDING'
                    and (status <> @status or provider_payment_id is distinct from coalesce(@providerPaymentId, provider_payment_id));

                {(outcome == ChargeOutcome.Pending ? StartWindow.Leave : "")}
                """,
                new
                {
                    attempt.OrderId,
                    attempt.Attempt,
                    status = outcome switch
                    {
                        ChargeOutcome.Settled => "SETTLED",
                        ChargeOutcome.Declined => "DECLINED",
                        _ => "PENDING",
                    },
                    providerPaymentId,
                    reason,
                },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>The money is given back: a SETTLED payment is REFUNDED, a PENDING one VOIDED; others stay.</summary>
    public async Task GiveBackAsync(OrderAttempt attempt, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                update orders.payments
                set status = case status when 'SETTLED' then 'REFUNDED' else 'VOIDED' end, reason = @reason, updated_at = now(), version = version + 1
                where order_id = @OrderId and attempt = @Attempt and status in ('SETTLED', 'PENDING')
                """,
                new
                {
                    attempt.OrderId,
                    attempt.Attempt,
                    reason,
                },
                cancellationToken: cancellationToken
            )
        );
    }

    private static Task<StoredPayment?> FindAsync(NpgsqlConnection connection, OrderAttempt attempt, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<StoredPayment>(
            new CommandDefinition(
                """
                select p.payment_id, p.provider_payment_id, p.status, p.amount_cents, p.reason, o.payment_token
                from orders.payments p join orders.orders o using (order_id)
                where p.order_id = @OrderId and p.attempt = @Attempt
                """,
                new { attempt.OrderId, attempt.Attempt },
                cancellationToken: cancellationToken
            )
        );
}
