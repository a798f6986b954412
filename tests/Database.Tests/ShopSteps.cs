using Dapper;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Database.Payments;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Tests;

/// <summary>The steps of an order in a test's words, and what they leave.</summary>
internal static class ShopSteps
{
    // Every column of every table that a step writes: equal pictures mean that nothing has happened in between.
    private const string PictureSql = """
        select jsonb_pretty(jsonb_build_object(
            'orders', (select jsonb_agg(to_jsonb(o) order by o.order_id) from orders.orders o),
            'stock', (select jsonb_agg(to_jsonb(s) order by s.sku) from orders.stock s),
            'reservations', (select jsonb_agg(to_jsonb(r) order by r.order_id, r.attempt, r.parcel) from orders.reservations r),
            'payments', (select jsonb_agg(to_jsonb(p) order by p.payment_id) from orders.payments p),
            'grants', (select jsonb_agg(to_jsonb(g) order by g.order_id, g.attempt, g.sku) from orders.digital_grants g),
            'audit', (select jsonb_agg(to_jsonb(a) order by a.audit_id) from orders.order_audit a),
            'tasks', (select jsonb_agg(to_jsonb(t) order by t.task_key) from orders.operator_tasks t),
            'deliveries', (select jsonb_agg(to_jsonb(d) order by d.delivery_order_id) from deliveries.delivery_orders d),
            'deliveryAudit', (select jsonb_agg(to_jsonb(a) order by a.audit_id) from deliveries.delivery_audit a),
            'outbox', (select jsonb_agg(to_jsonb(e) order by e.outbox_id) from messages.outbox e)))
        """;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public static OrderAttempt AsAttempt(this AcceptedOrder order) => new(order.OrderId, order.Attempt);

    public static Task<OrderAdmission> AdmitAsync(this Shop shop, AcceptedOrder order) =>
        shop.Get<OrderSteps>().AdmitOrderAsync(order.AsAttempt());

    /// <summary>What the provider said of the order's charge is stored.</summary>
    public static Task<StoredPayment> StoreAsync(this Shop shop, AcceptedOrder order, ChargeOutcome outcome = ChargeOutcome.Settled) =>
        shop.Get<PaymentStore>().StoreAsync(order.AsAttempt(), outcome, $"pay-{order.OrderId}-{order.Attempt}", null, Now);

    public static Task<OrderStanding> CompleteAsync(this Shop shop, AcceptedOrder order, ManualFulfillment? handOver = null) =>
        shop.Get<OrderSteps>().CompleteOrderAsync(new OrderCompletion(order.OrderId, order.Attempt, handOver));

    public static Task<OrderStanding> BeginUndoAsync(this Shop shop, AcceptedOrder order, string? failureType = OrderFailure.Unexpected) =>
        shop.Get<OrderSteps>().BeginUndoAsync(new OrderClosing(order.OrderId, order.Attempt, failureType, "a fault", Actor.System));

    /// <summary>The order is CANCELLED, or FAILED when there is a failure.</summary>
    public static Task<OrderStanding> CloseAsync(this Shop shop, AcceptedOrder order, string? failureType = null) =>
        shop.Get<OrderSteps>()
            .CloseOrderAsync(new OrderClosing(order.OrderId, order.Attempt, failureType, "no more", Actor.Customer(order.CustomerId)));

    /// <summary>An order that waits for its payment.</summary>
    public static async Task<AcceptedOrder> AdmittedAsync(this Shop shop, params (string Sku, int Quantity)[] lines)
    {
        var order = await shop.AcceptAsync(Shop.Ada, lines);
        Assert.Equal(new OrderAdmission(OrderStatus.PaymentProcessing), await shop.AdmitAsync(order));
        return order;
    }

    /// <summary>An order in FULFILLMENT.</summary>
    public static async Task<AcceptedOrder> PaidAsync(this Shop shop, params (string Sku, int Quantity)[] lines)
    {
        var order = await shop.AdmittedAsync(lines);
        Assert.Equal("SETTLED", (await shop.StoreAsync(order)).Status);
        return order;
    }

    /// <summary>The order's next attempt.</summary>
    public static async Task<AcceptedOrder> RetriedAsync(this Shop shop, AcceptedOrder order)
    {
        var attempt = (await shop.Get<OrderStore>().RetryAsync(new(order.OrderId, Actor.Operator("jane"), "once more"), null, Now)).Attempt;
        return order with { Attempt = attempt!.Value };
    }

    /// <summary>Does the same several times at once.</summary>
    public static Task<T[]> AtOnceAsync<T>(int times, Func<Task<T>> action) =>
        Task.WhenAll(Enumerable.Range(0, times).Select(_ => Task.Run(action, Now)));

    /// <summary>All that the steps have left so far.</summary>
    public static Task<string> PictureAsync(this Shop shop) => shop.SingleAsync<string>(PictureSql);

    public static async Task<(string Status, bool Undoing, string? FailureType, string? Reason)> StandingAsync(
        this Shop shop,
        AcceptedOrder order
    ) =>
        await shop.SingleAsync<(string, bool, string?, string?)>(
            "select status, undoing, failure_type, reason from orders.orders where order_id = @OrderId",
            order
        );

    /// <summary>The changes of the order's status in this attempt, in their order.</summary>
    public static Task<IReadOnlyList<string>> HistoryAsync(this Shop shop, AcceptedOrder order) =>
        shop.ListAsync<string>(
            """
            select concat_ws(' ', from_status, to_status, event, actor)
            from orders.order_audit
            where order_id = @OrderId and attempt = @Attempt
            order by audit_id
            """,
            order
        );

    /// <summary>How the stock was changed since 1,000,000 of each were on hand: what is gone for good, and what is reserved.</summary>
    public static Task<(int Gone, int Reserved)> StockAsync(this Shop shop, string sku) =>
        shop.SingleAsync<(int, int)>("select 1000000 - on_hand - in_transit, reserved from orders.stock where sku = @sku", new { sku });

    public static async Task<T> SingleAsync<T>(this Shop shop, string sql, object? values = null)
    {
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        return await connection.QuerySingleAsync<T>(sql, values);
    }

    public static async Task<IReadOnlyList<T>> ListAsync<T>(this Shop shop, string sql, object? values = null)
    {
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        return (await connection.QueryAsync<T>(sql, values)).AsList();
    }
}
