using Dapper;
using Npgsql;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Payments;

/// <summary>A payment as it is stored.</summary>
/// <param name="ProviderPaymentId">The provider's; null while its answer to the charge is not known, and when it was never asked.</param>
/// <param name="Status">PENDING, SETTLED, DECLINED, REFUNDED or VOIDED.</param>
/// <param name="AmountCents">EUR cents.</param>
/// <param name="Reason">Why it was declined.</param>
/// <param name="PaymentToken">The order's.</param>
/// <param name="DeliveryOrderId">The first delivery order that followed from it.</param>
/// <param name="GraphVersion">The delivery graph which that lives by.</param>
public sealed record StoredPayment(
    string? ProviderPaymentId,
    string Status,
    long AmountCents,
    string? Reason,
    string PaymentToken,
    Guid? DeliveryOrderId,
    int? GraphVersion
)
{
    /// <summary>The first delivery order that followed from it; null when there is none.</summary>
    public DeliveryOrderCreated? Delivery => DeliveryOrderId is { } id ? new DeliveryOrderCreated(id, GraphVersion!.Value) : null;
}

/// <summary>Payments, one per order and attempt. A status only moves from PENDING, or from SETTLED when the money goes back.</summary>
public sealed class PaymentStore(NpgsqlDataSource source, WakeSignals wake)
{
    /// <summary>The payment of this order and attempt, or null.</summary>
    public async Task<StoredPayment?> FindAsync(OrderAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<StoredPayment>(
            new CommandDefinition(FindSql, new { attempt.OrderId, attempt.Attempt }, cancellationToken: cancellationToken)
        );
    }

    /// <summary>
    /// The payment of an order that has a voucher, made as PENDING when there is none: before the provider is asked, so that no charge is
    /// ever unknown here. (Any other order's is made when it is admitted.)
    /// </summary>
    public async Task<StoredPayment> BeginAsync(ChargeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleAsync<StoredPayment>(
            new CommandDefinition(
                $"""
                with discounted as (
                    update orders.orders
                    set discount_cents = @DiscountCents, version = version + 1
                    where order_id = @OrderId and attempt = @Attempt and discount_cents <> @DiscountCents and not undoing
                )
                insert into orders.payments (payment_id, order_id, attempt, status, amount_cents)
                select @PaymentId, order_id, @Attempt, case when undoing then 'VOIDED' else 'PENDING' end,
                    case when undoing then 0 else total_cents - @DiscountCents end
                from orders.orders
                where order_id = @OrderId and attempt = @Attempt
                on conflict (order_id, attempt) do nothing;

                {FindSql}
                """,
                new
                {
                    PaymentId = Guid.CreateVersion7(),
                    request.OrderId,
                    request.Attempt,
                    request.DiscountCents,
                },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>
    /// Stores what the provider said of a PENDING payment; one that is no longer PENDING stays as it is. When it is SETTLED by then, the
    /// order is in FULFILLMENT with the same commit, its e-books are granted and its first delivery order is there, unless the attempt is
    /// being undone.
    /// </summary>
    /// <returns>The payment as it stands now.</returns>
    public async Task<StoredPayment> StoreAsync(
        OrderAttempt attempt,
        ChargeOutcome outcome,
        string? providerPaymentId,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(attempt);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var stored = await connection.QuerySingleAsync<StoredPayment>(
            new CommandDefinition(
                $"{StoreSql}; {FollowSql}; {LeaveIfWaitingSql}; {FindSql}",
                new
                {
                    attempt.OrderId,
                    attempt.Attempt,
                    Status = outcome.WireName(),
                    ProviderPaymentId = providerPaymentId,
                    Reason = reason,
                    DeliveryOrderId = Guid.CreateVersion7(),
                    GraphVersion = DeliveryGraph.CurrentVersion,
                    DeliveryState = DeliveryGraph.OfVersion(DeliveryGraph.CurrentVersion).Initial.WireName(),
                    RunningActivity.WorkflowRun,
                },
                cancellationToken: cancellationToken
            )
        );
        wake.Signal(Channels.Audited);
        return stored;
    }

    /// <summary>
    /// Begins to give the money back: what was granted for it is revoked. The payment of this order and attempt; where there is none, one
    /// that is VOIDED, so that a late charge charges nothing.
    /// </summary>
    public async Task<StoredPayment> BeginGivingBackAsync(OrderAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleAsync<StoredPayment>(
            new CommandDefinition(
                $"""
                update orders.digital_grants
                set revoked_at = now(), version = version + 1
                where order_id = @OrderId and attempt = @Attempt and revoked_at is null;

                insert into orders.payments (payment_id, order_id, attempt, status, amount_cents)
                values (@PaymentId, @OrderId, @Attempt, 'VOIDED', 0)
                on conflict (order_id, attempt) do nothing;

                {FindSql}
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
    }

    /// <summary>
    /// The money is given back: a SETTLED payment is REFUNDED, a PENDING one VOIDED. Others stay, but one that was VOIDED without a charge
    /// learns of its charge.
    /// </summary>
    /// <param name="attempt">The order's attempt.</param>
    /// <param name="providerPaymentId">The provider's charge that was given back; null: there is none.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Stops storing.</param>
    /// <returns>
    /// Whether that has changed the payment. Not when a charge was stored meanwhile where <paramref name="providerPaymentId"/> says that
    /// there is none, nor when there was nothing left to give back.
    /// </returns>
    public async Task<bool> GiveBackAsync(
        OrderAttempt attempt,
        string? providerPaymentId,
        string reason,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(attempt);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.ExecuteAsync(
            new CommandDefinition(
                """
                update orders.payments
                set status = case status when 'SETTLED' then 'REFUNDED' else 'VOIDED' end, reason = @reason,
                    provider_payment_id = coalesce(provider_payment_id, @providerPaymentId), updated_at = now(), version = version + 1
                where order_id = @OrderId and attempt = @Attempt and case status
                    when 'VOIDED' then provider_payment_id is null and @providerPaymentId::text is not null
                    else status in ('SETTLED', 'PENDING') and (provider_payment_id is null or @providerPaymentId::text is not null) end
                """,
                new
                {
                    attempt.OrderId,
                    attempt.Attempt,
                    providerPaymentId,
                    reason,
                },
                cancellationToken: cancellationToken
            )
        );
        return rows == 1;
    }

    private const string FindSql = """
        select p.provider_payment_id, p.status, p.amount_cents, p.reason, o.payment_token, d.delivery_order_id, d.graph_version
        from orders.payments p
        join orders.orders o using (order_id)
        left join deliveries.delivery_orders d on d.order_id = p.order_id and d.order_attempt = p.attempt and d.attempt = 1
        where p.order_id = @OrderId and p.attempt = @Attempt
        """;

    // The order's row is locked first, as every step does: a close beside this voids the payment.
    private const string StoreSql = """
        with gate as materialized (
            select order_id from orders.orders where order_id = @OrderId for no key update
        )
        update orders.payments p
        set status = @Status, provider_payment_id = coalesce(@ProviderPaymentId, p.provider_payment_id), reason = @Reason,
            updated_at = now(), version = p.version + 1
        from gate
        where p.order_id = gate.order_id and p.attempt = @Attempt and p.status = 'PENDING'
            and (p.status <> @Status or p.provider_payment_id is distinct from coalesce(@ProviderPaymentId, p.provider_payment_id))
        """;

    private const string FollowSql = """
        with moved as (
            update orders.orders o
            set status = 'FULFILLMENT', updated_at = now(), version = o.version + 1
            from orders.payments p
            where o.order_id = @OrderId and o.attempt = @Attempt and o.status = 'PAYMENT_PROCESSING' and not o.undoing
                and p.order_id = o.order_id and p.attempt = o.attempt and p.status = 'SETTLED'
            returning o.order_id, o.customer_id, o.delivery_address, p.payment_id
        ), audited as (
            insert into orders.order_audit (order_id, attempt, from_status, to_status, event, actor, workflow_run)
            select order_id, @Attempt, 'PAYMENT_PROCESSING', 'FULFILLMENT', 'PAID', 'system', @WorkflowRun
            from moved
        ), granted as (
            insert into orders.digital_grants (order_id, attempt, sku, quantity)
            select l.order_id, @Attempt, l.sku, sum(l.quantity)::integer
            from moved m join orders.order_lines l using (order_id)
            where l.kind = 'DIGITAL'
            group by l.order_id, l.sku
        ), created as (
            insert into deliveries.delivery_orders
                (delivery_order_id, order_id, customer_id, payment_id, order_attempt, attempt, state, graph_version, address)
            select @DeliveryOrderId, m.order_id, m.customer_id, m.payment_id, @Attempt, 1, @DeliveryState, @GraphVersion, m.delivery_address
            from moved m
            where exists (select from orders.order_lines l where l.order_id = m.order_id and l.kind = 'PHYSICAL')
            returning delivery_order_id
        )
        insert into deliveries.delivery_audit (delivery_order_id, from_state, to_state, event, actor, workflow_run)
        select delivery_order_id, null, @DeliveryState, 'CREATED', 'system', @WorkflowRun
        from created
        """;

    private const string LeaveIfWaitingSql = $"""
        {StartWindow.Leave}
            and exists (select from orders.payments where order_id = @OrderId and attempt = @Attempt and status = 'PENDING')
        """;
}
