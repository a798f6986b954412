using Dapper;
using Npgsql;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Reconciliation;

/// <summary>What our book says of an attempt of an order, and of its payment.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="OrderStatus">The order's status.</param>
/// <param name="OrderAttempt">Its attempt now.</param>
/// <param name="Undoing">Whether that attempt is being undone, or was.</param>
/// <param name="Status">The payment's status; null when there is none.</param>
/// <param name="ProviderPaymentId">The provider's id of it; null while it is not known.</param>
/// <param name="AmountCents">Its amount; null when there is none.</param>
/// <param name="Version">The payment's version; 0 when there is none.</param>
/// <param name="IsRecent">Whether order or payment have changed a moment ago.</param>
/// <param name="IsWithOperator">Whether an open task asks an operator already to give the order's money back.</param>
/// <param name="WasWithOperator">Whether an operator has decided about a step of the order, or about its money.</param>
public sealed record BookedPayment(
    Guid OrderId,
    int Attempt,
    string OrderStatus,
    int OrderAttempt,
    bool Undoing,
    string? Status,
    string? ProviderPaymentId,
    long? AmountCents,
    int Version,
    bool IsRecent,
    bool IsWithOperator,
    bool WasWithOperator
)
{
    /// <summary>Whether it is changing just now: what it says may be old in a moment.</summary>
    public bool IsUnderWay =>
        IsRecent || (Undoing && Attempt == OrderAttempt && OrderStatus is not ("COMPLETED" or "FAILED" or "CANCELLED"));

    /// <summary>Whether the attempt has come to nothing: no money is wanted for it any more.</summary>
    public bool IsGivenUp => Attempt < OrderAttempt || OrderStatus is "FAILED" or "CANCELLED";
}

/// <summary>A payment of ours that is settled.</summary>
/// <param name="Id">Its id.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="ProviderPaymentId">The provider's id of it; null when it is not known.</param>
public sealed record SettledPayment(Guid Id, Guid OrderId, int Attempt, string? ProviderPaymentId);

/// <summary>Our payments, to be compared with the provider's.</summary>
public sealed class PaymentBook(NpgsqlDataSource source)
{
    internal const string ReadSql = """
        select a.order_id, a.attempt, o.status as order_status, o.attempt as order_attempt, o.undoing,
            p.status, p.provider_payment_id, p.amount_cents, coalesce(p.version, 0) as version,
            greatest(o.updated_at, p.updated_at) > clock_timestamp() - @Grace as is_recent,
            tasks.is_with_operator, tasks.was_with_operator
        from unnest(@OrderIds, @Attempts) as a (order_id, attempt)
        join orders.orders o using (order_id)
        left join orders.payments p on p.order_id = a.order_id and p.attempt = a.attempt
        cross join lateral (
            select coalesce(bool_or(t.closed_at is null and t.kind in ('UNDO_FAILED', 'PAYMENT_SETTLED_LATE')), false) as is_with_operator,
                coalesce(bool_or(t.closed_by like 'operator:%'
                    and t.kind in ('STEP_OVERDUE', 'STEP_FAILED', 'UNDO_FAILED', 'PAYMENT_SETTLED_LATE', 'BOOKS_DIFFER')), false)
                    as was_with_operator
            from orders.operator_tasks t
            where t.order_id = a.order_id
        ) tasks
        """;

    internal const string ListSettledSql = """
        select payment_id as id, order_id, attempt, provider_payment_id
        from orders.payments
        where payment_id > @After and payment_id < @Before and status = 'SETTLED' and amount_cents > 0
        order by payment_id
        limit @Limit
        """;

    /// <summary>What our book says of these attempts; an attempt at an order that we do not know is not in it.</summary>
    /// <param name="attempts">So many as a page has.</param>
    /// <param name="grace">For how long after a change it is recent.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyDictionary<OrderAttempt, BookedPayment>> ReadAsync(
        IReadOnlyCollection<OrderAttempt> attempts,
        TimeSpan grace,
        CancellationToken cancellationToken
    )
    {
        var distinct = attempts.Distinct().ToList();
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<BookedPayment>(
            new CommandDefinition(
                ReadSql,
                new
                {
                    OrderIds = distinct.Select(attempt => attempt.OrderId).ToArray(),
                    Attempts = distinct.Select(attempt => attempt.Attempt).ToArray(),
                    Grace = grace,
                },
                cancellationToken: cancellationToken
            )
        );
        return rows.ToDictionary(row => new OrderAttempt(row.OrderId, row.Attempt));
    }

    /// <summary>Our settled payments of a time, oldest first.</summary>
    /// <param name="from">The first time.</param>
    /// <param name="to">The time after the last.</param>
    /// <param name="after">The id of the last that is known; null for the first page.</param>
    /// <param name="limit">At most so many; fewer are the last.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<SettledPayment>> ListSettledAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        Guid? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return (
            await connection.QueryAsync<SettledPayment>(
                new CommandDefinition(
                    ListSettledSql,
                    new
                    {
                        After = after ?? TimeOrderedIds.BoundAt(from),
                        Before = TimeOrderedIds.BoundAt(to),
                        Limit = limit,
                    },
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();
    }
}
