using Dapper;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Database.Payments;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Tests;

public sealed class TransitionTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_recorded_many_times_at_once_is_one_change_and_one_audit_row()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        var change = Started(order.OrderId);

        await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Task.Run(() => shop.Get<OrderTransitions>().RecordOrderTransitionAsync(change), Now))
        );

        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        Assert.Equal(("VALIDATING", 2), await connection.QuerySingleAsync<(string, int)>("select status, version from orders.orders"));
        Assert.Equal(2, await connection.ExecuteScalarAsync<int>("select count(*) from orders.order_audit"));
    }

    [Fact]
    public async Task A_change_from_another_state_is_refused_and_changes_nothing()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        var change = Started(order.OrderId) with { From = OrderStatus.InventoryCheck, To = OrderStatus.PaymentProcessing };

        var refusal = await Assert.ThrowsAsync<UnexpectedStateException>(() =>
            shop.Get<OrderTransitions>().RecordOrderTransitionAsync(change)
        );

        Assert.Contains("is PENDING", refusal.Message, StringComparison.Ordinal);
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        Assert.Equal(("PENDING", 1), await connection.QuerySingleAsync<(string, int)>("select status, version from orders.orders"));
        Assert.Equal(1, await connection.ExecuteScalarAsync<int>("select count(*) from orders.order_audit"));
    }

    [Fact]
    public async Task A_change_of_an_earlier_attempt_is_refused()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        var transitions = shop.Get<OrderTransitions>();
        await transitions.RecordOrderTransitionAsync(Started(order.OrderId));
        await transitions.RecordOrderTransitionAsync(
            Started(order.OrderId) with
            {
                From = OrderStatus.Validating,
                To = OrderStatus.Failed,
                Event = OrderEvents.Failed,
                Sequence = 2,
                FailureType = OrderFailure.OrderInvalid,
            }
        );
        await shop.Get<OrderStore>().RetryAsync(order.OrderId, Actor.Operator("jane"), "once more", Now);

        await Assert.ThrowsAsync<UnexpectedStateException>(() =>
            transitions.RecordOrderTransitionAsync(Started(order.OrderId) with { WorkflowRunId = "late", Sequence = 9 })
        );
        await transitions.RecordOrderTransitionAsync(Started(order.OrderId) with { Attempt = 2, WorkflowRunId = "run-2" });
    }

    [Fact]
    public async Task Audit_rows_are_never_changed_or_deleted()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        await using var connection = await shop.Source.OpenConnectionAsync(Now);

        foreach (
            var sql in new[]
            {
                "update orders.order_audit set reason = 'nobody saw it'",
                "delete from orders.order_audit",
                "truncate orders.order_audit",
                "update deliveries.delivery_audit set reason = 'nobody saw it'",
            }
        )
        {
            var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => connection.ExecuteAsync(sql));
            Assert.Contains("append-only", refusal.MessageText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_delivery_order_is_created_once_and_bound_to_its_payment()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await PaidAsync(shop);

        var created = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(_ => Task.Run(() => shop.Get<DeliveryStore>().CreateDeliveryOrderAsync(Delivery(order, 1)), Now))
        );

        Assert.Single(created.Distinct());
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        Assert.Equal(
            await connection.ExecuteScalarAsync<Guid>("select payment_id from orders.payments"),
            await connection.ExecuteScalarAsync<Guid>("select payment_id from deliveries.delivery_orders")
        );
        Assert.Equal(1, await connection.ExecuteScalarAsync<int>("select count(*) from deliveries.delivery_audit"));
    }

    [Fact]
    public async Task A_redelivery_takes_over_and_one_delivery_order_is_active()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await PaidAsync(shop);
        var first = await shop.Get<DeliveryStore>().CreateDeliveryOrderAsync(Delivery(order, 1));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => shop.Get<DeliveryStore>().CreateDeliveryOrderAsync(Delivery(order, 2)));

        var second = await shop.Get<DeliveryStore>()
            .CreateDeliveryOrderAsync(Delivery(order, 2) with { Supersedes = first.DeliveryOrderId });

        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        Assert.Equal(
            second.DeliveryOrderId,
            await connection.QuerySingleAsync<Guid>("select delivery_order_id from deliveries.delivery_orders where active")
        );
    }

    [Fact]
    public async Task A_delivery_change_keeps_the_partners_number_and_is_recorded_once()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await PaidAsync(shop);
        var store = shop.Get<DeliveryStore>();
        var delivery = await store.CreateDeliveryOrderAsync(Delivery(order, 1));
        var pickedUp = new DeliveryTransition(
            delivery.DeliveryOrderId,
            order.OrderId,
            DeliveryState.Created,
            DeliveryState.PickedUp,
            DeliveryEvents.PickedUp,
            null,
            null,
            Actor.Partner,
            "PD-7",
            "evt-1",
            "run",
            1
        );
        var failed = pickedUp with
        {
            From = DeliveryState.PickedUp,
            To = DeliveryState.DeliveryFailed,
            Event = DeliveryEvents.Failed,
            PartnerDeliveryNumber = null,
            Failure = new DeliveryFailure(DeliveryFailureReason.RecipientAbsent, "rang twice"),
            Sequence = 2,
            PartnerEventId = "evt-2",
        };

        await store.RecordDeliveryTransitionAsync(pickedUp);
        await store.RecordDeliveryTransitionAsync(pickedUp);
        await store.RecordDeliveryTransitionAsync(failed);
        await store.RecordDeliveryTransitionAsync(pickedUp);

        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        Assert.Equal(
            ("DELIVERY_FAILED", "RECIPIENT_ABSENT", "rang twice", "PD-7", true),
            await connection.QuerySingleAsync<(string, string, string, string, bool)>(
                "select state, reason, note, partner_delivery_number, active from deliveries.delivery_orders"
            )
        );
        Assert.Equal(3, await connection.ExecuteScalarAsync<int>("select count(*) from deliveries.delivery_audit"));
        await Assert.ThrowsAsync<UnexpectedStateException>(() => store.RecordDeliveryTransitionAsync(pickedUp with { Sequence = 3 }));
    }

    [Fact]
    public async Task A_stale_event_is_noted_once_and_changes_no_state()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await PaidAsync(shop);
        var store = shop.Get<DeliveryStore>();
        var delivery = await store.CreateDeliveryOrderAsync(Delivery(order, 1));
        var stale = new StalePartnerEvent(
            delivery.DeliveryOrderId,
            order.OrderId,
            DeliveryState.Created,
            new PartnerEvent("evt-9", "PICKED_UP", null, null, null, DateTimeOffset.UnixEpoch)
        );

        await store.RecordStaleEventAsync(stale);
        await store.RecordStaleEventAsync(stale);
        await store.RecordStaleEventAsync(stale with { Event = stale.Event with { EventId = "evt-10" } });

        await shop.ProjectAsync();
        var document = await shop.Get<StatusReader>().FindDeliveryAsync(delivery.DeliveryOrderId, Now);
        Assert.Equal("CREATED", document!.State);
        Assert.Equal(2, document.Json.Split("\"PICKED_UP\"").Length - 1);
    }

    private static OrderTransition Started(Guid orderId) =>
        new(orderId, 1, OrderStatus.Pending, OrderStatus.Validating, OrderEvents.Started, null, Actor.System, "run-1", 1);

    private static async Task<AcceptedOrder> PaidAsync(Shop shop)
    {
        var order = await shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 1));
        await shop.Get<PaymentStore>().BeginAsync(new ChargeRequest(order.OrderId, 1, order.CustomerId, 4550, "tok_ok"), Now);
        return order;
    }

    private static NewDeliveryOrder Delivery(AcceptedOrder order, int attempt) =>
        new(order.OrderId, 1, attempt, order.CustomerId, DeliveryGraph.CurrentVersion, order.DeliveryAddress!, order.Lines, null);
}
