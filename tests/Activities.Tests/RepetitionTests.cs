using TemporalDelivery.Activities.Orders;
using TemporalDelivery.Activities.Payments;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Database.Inventory;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Outbox;
using Temporalio.Activities;

namespace TemporalDelivery.Activities.Tests;

/// <summary>An activity may be run again at any time: twice leaves what once leaves.</summary>
public sealed class RepetitionTests
{
    [Fact]
    public void Every_activity_that_the_workflows_call_is_implemented_under_its_name()
    {
        var called = typeof(IPaymentActivities)
            .Assembly.GetTypes()
            .Where(type => type.IsInterface && type.Name.EndsWith("Activities", StringComparison.Ordinal))
            .SelectMany(type => type.GetMethods())
            .Select(method => method.Name)
            .Order();
        var implemented = new[] { typeof(PaymentActivities).Assembly, typeof(DeliveryStore).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods().Where(method => type.IsClass && method.IsDefined(typeof(ActivityAttribute), false)))
            .Select(method => method.Name)
            .Order();

        Assert.Equal(called, implemented);
    }

    [Fact]
    public async Task Stock_is_reserved_committed_and_never_released_after()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(("BOOK-DDIA", 2));
        var attempt = new OrderAttempt(order.OrderId, 1);

        for (var run = 0; run < 2; run++)
        {
            await shop.RunAsync<ReservationStore, ReservationResult>(stock =>
                stock.ReserveStockAsync(new(order.OrderId, 1, [new("BOOK-DDIA", 2)]))
            );
            await shop.RunAsync<ReservationStore>(stock => stock.CommitStockAsync(attempt));
            await shop.RunAsync<ReservationStore>(stock => stock.ReleaseStockAsync(attempt));
        }

        Assert.Equal(
            (999_998, 0),
            await shop.SingleAsync<(int, int)>("select on_hand, reserved from orders.stock where sku = 'BOOK-DDIA'")
        );
    }

    [Fact]
    public async Task Digital_lines_are_granted_once_and_stay_revoked()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(("EBOOK-SQL", 1), ("EBOOK-TEMPORAL", 2));
        var grant = new DigitalGrant(order.OrderId, 1, order.CustomerId, order.Lines);

        await shop.RunAsync<DigitalGrantStore>(grants => grants.GrantDigitalItemsAsync(grant));
        await shop.RunAsync<DigitalGrantStore>(grants => grants.GrantDigitalItemsAsync(grant));
        Assert.Equal((2, 3), await GrantedAsync(shop));

        await shop.RunAsync<DigitalGrantStore>(grants => grants.RevokeDigitalItemsAsync(new(order.OrderId, 1)));
        await shop.RunAsync<DigitalGrantStore>(grants => grants.RevokeDigitalItemsAsync(new(order.OrderId, 1)));
        await shop.RunAsync<DigitalGrantStore>(grants => grants.GrantDigitalItemsAsync(grant));
        Assert.Equal((0, 0), await GrantedAsync(shop));
    }

    [Fact]
    public async Task A_grant_that_comes_after_its_revocation_grants_nothing()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(("EBOOK-SQL", 1));

        await shop.RunAsync<DigitalGrantStore>(grants => grants.RevokeDigitalItemsAsync(new(order.OrderId, 1)));
        await shop.RunAsync<DigitalGrantStore>(grants =>
            grants.GrantDigitalItemsAsync(new(order.OrderId, 1, order.CustomerId, order.Lines))
        );

        Assert.Equal((0, 0), await GrantedAsync(shop));
    }

    [Fact]
    public async Task A_change_of_state_is_written_once_and_an_impossible_one_is_a_bug()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(("EBOOK-SQL", 1));
        var change = new OrderTransition(
            order.OrderId,
            1,
            OrderStatus.Pending,
            OrderStatus.Validating,
            OrderEvents.Started,
            null,
            Actor.System,
            "run",
            1
        );

        await shop.RunAsync<OrderTransitions>(orders => orders.RecordOrderTransitionAsync(change));
        await shop.RunAsync<OrderTransitions>(orders => orders.RecordOrderTransitionAsync(change));
        var bug = await Assert.ThrowsAsync<UnexpectedStateException>(() =>
            shop.RunAsync<OrderTransitions>(orders => orders.RecordOrderTransitionAsync(change with { Sequence = 2 }))
        );

        Assert.True(bug.NonRetryable);
        Assert.Equal(("VALIDATING", 2), await shop.SingleAsync<(string, int)>("select status, version from orders.orders"));
        Assert.Equal(2, await shop.SingleAsync<int>("select count(*) from orders.order_audit"));
    }

    [Fact]
    public async Task Checking_an_order_again_finds_what_has_changed_since()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(("BOOK-DDIA", 1));
        var check = new OrderCheck(order.OrderId, order.CustomerId, order.Lines, order.DeliveryAddress, order.PaymentToken);
        Assert.Empty((await shop.RunAsync<OrderCheckActivities, OrderVerdict>(orders => orders.CheckOrderAsync(check))).Faults);

        await shop.SingleAsync<string>("update orders.products set on_sale = false where sku = 'BOOK-DDIA' returning sku");

        var verdict = await shop.RunAsync<OrderCheckActivities, OrderVerdict>(orders => orders.CheckOrderAsync(check));
        Assert.Equal("NOT_ON_SALE", Assert.Single(verdict.Faults).Code);
    }

    [Fact]
    public async Task A_delivery_order_is_created_once_and_its_changes_written_once()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(("BOOK-DDIA", 1));
        shop.Payments.Answers(201, """{"paymentId":"pay_1","status":"settled"}""");
        await shop.RunAsync<PaymentActivities, ChargeResult>(payments =>
            payments.ChargePaymentAsync(new(order.OrderId, 1, order.CustomerId, 4550, "tok_ok"))
        );
        var wanted = new NewDeliveryOrder(
            order.OrderId,
            1,
            1,
            order.CustomerId,
            DeliveryGraph.CurrentVersion,
            order.DeliveryAddress!,
            order.Lines,
            null
        );

        var first = await shop.RunAsync<DeliveryStore, DeliveryOrderCreated>(deliveries => deliveries.CreateDeliveryOrderAsync(wanted));
        var second = await shop.RunAsync<DeliveryStore, DeliveryOrderCreated>(deliveries => deliveries.CreateDeliveryOrderAsync(wanted));
        Assert.Equal(first, second);
        Assert.Equal(7, first.DeliveryOrderId.Version);

        var change = new DeliveryTransition(
            first.DeliveryOrderId,
            order.OrderId,
            DeliveryState.Created,
            DeliveryState.Cancelled,
            DeliveryEvents.Cancel,
            null,
            "changed my mind",
            Actor.Customer(order.CustomerId),
            null,
            null,
            "run",
            1
        );
        await shop.RunAsync<DeliveryStore>(deliveries => deliveries.RecordDeliveryTransitionAsync(change));
        await shop.RunAsync<DeliveryStore>(deliveries => deliveries.RecordDeliveryTransitionAsync(change));
        Assert.Equal(("CANCELLED", false), await shop.SingleAsync<(string, bool)>("select state, active from deliveries.delivery_orders"));
        Assert.Equal(2, await shop.SingleAsync<int>("select count(*) from deliveries.delivery_audit"));
    }

    [Fact]
    public async Task An_event_for_others_is_recorded_once()
    {
        await using var shop = await Shop.OpenAsync();
        var completed = new OrderCompleted(Guid.CreateVersion7(), Shop.Ada, 100, 0, []);

        await shop.RunAsync<Outbox>(outbox => outbox.PublishOrderCompletedAsync(completed));
        await shop.RunAsync<Outbox>(outbox => outbox.PublishOrderCompletedAsync(completed));

        Assert.Equal(1, await shop.SingleAsync<int>("select count(*) from messages.outbox"));
    }

    [Fact]
    public async Task A_task_is_opened_once_and_closed_for_good()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(("EBOOK-SQL", 1));
        var task = new OperatorTask(
            $"order-{order.OrderId}/charge",
            order.OrderId,
            null,
            OperatorTaskKind.StepOverdue,
            "the provider is away"
        );
        var closing = new OperatorTaskClosing(task.Key, "it came back", Actor.Operator("jane"));

        await shop.RunAsync<OperatorTaskStore>(tasks => tasks.CloseOperatorTaskAsync(closing));
        await shop.RunAsync<OperatorTaskStore>(tasks => tasks.OpenOperatorTaskAsync(task));
        await shop.RunAsync<OperatorTaskStore>(tasks => tasks.OpenOperatorTaskAsync(task));
        await shop.RunAsync<OperatorTaskStore>(tasks => tasks.CloseOperatorTaskAsync(closing));
        await shop.RunAsync<OperatorTaskStore>(tasks => tasks.CloseOperatorTaskAsync(closing with { Actor = Actor.Operator("joe") }));
        await shop.RunAsync<OperatorTaskStore>(tasks => tasks.OpenOperatorTaskAsync(task));

        Assert.Equal(("operator:jane", 2), await shop.SingleAsync<(string, int)>("select closed_by, version from orders.operator_tasks"));
    }

    private static Task<(int, int)> GrantedAsync(Shop shop) =>
        shop.SingleAsync<(int, int)>(
            "select count(*)::int, coalesce(sum(quantity), 0)::int from orders.digital_grants where revoked_at is null"
        );
}
