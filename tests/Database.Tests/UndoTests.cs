using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Tests;

public sealed class UndoTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_its_beginning_the_order_can_neither_be_admitted_nor_paid_nor_completed()
    {
        await using var shop = await Shop.OpenAsync();
        var pending = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        var admitted = await shop.AdmittedAsync(("EBOOK-SQL", 1), ("BOOK-DDIA", 1));
        var paid = await shop.PaidAsync(("EBOOK-SQL", 1), ("BOOK-DDIA", 1));
        await shop.ExecuteAsync("update orders.payments set status = 'SETTLED' where order_id = @OrderId", admitted);
        Assert.Equal(OrderStatus.Pending, (await shop.BeginUndoAsync(pending)).Status);
        Assert.Equal(OrderStatus.PaymentProcessing, (await shop.BeginUndoAsync(admitted)).Status);
        Assert.Equal(OrderStatus.Fulfillment, (await shop.BeginUndoAsync(paid)).Status);
        var left = await shop.PictureAsync();

        Assert.Equal(OrderFailure.Unexpected, (await shop.AdmitAsync(pending)).FailureType);
        Assert.Null((await shop.StoreAsync(admitted)).Delivery);
        Assert.Equal(OrderStatus.Fulfillment, (await shop.CompleteAsync(paid)).Status);
        await shop.BeginUndoAsync(paid);

        Assert.Equal(left, await shop.PictureAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(OrderFailure.PaymentDeclined)]
    public async Task Whoever_undoes_it_again_ends_it_as_it_was_begun(string? failure)
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        await shop.BeginUndoAsync(order, failure);
        await shop.BeginUndoAsync(order, OrderFailure.Unexpected);

        Assert.Equal(new(OrderStatus.PaymentProcessing, failure, "a fault", Actor.System), await shop.AdmitAsync(order));

        var end = await shop.CloseAsync(order, OrderFailure.OutOfStock);

        var to = failure is null ? OrderStatus.Cancelled : OrderStatus.Failed;
        Assert.Equal((to, failure, "a fault"), (end.Status, end.FailureType, end.Reason));
        Assert.Equal((to.WireName(), true, failure, "a fault"), await shop.StandingAsync(order));
        Assert.Equal($"PAYMENT_PROCESSING {to.WireName()} {to.WireName()} system", (await shop.HistoryAsync(order))[^1]);
    }

    [Fact]
    public async Task An_undo_is_a_cancellation_once_somebody_wants_that()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        await shop.BeginUndoAsync(order);
        await shop.ExecuteAsync(
            """
            insert into orders.cancellations (cancellation_id, order_id, attempt, actor, reason, next_try_at)
            values ('c', @OrderId, 1, 'operator:jane', 'enough', now())
            """,
            order
        );

        Assert.Equal(new(OrderStatus.PaymentProcessing, null, "enough", Actor.Operator("jane")), await shop.AdmitAsync(order));

        await shop.CloseAsync(order, OrderFailure.Unexpected);

        Assert.Equal(("CANCELLED", true, null, "enough"), await shop.StandingAsync(order));
        Assert.Equal("PAYMENT_PROCESSING CANCELLED CANCELLED operator:jane", (await shop.HistoryAsync(order))[^1]);
    }

    [Fact]
    public async Task From_its_beginning_no_delivery_order_takes_over_from_another()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PaidAsync(("BOOK-DDIA", 1));
        var superseded = await shop.SingleAsync<Guid>(
            """
            update deliveries.delivery_orders set state = 'PENDING_BY_OPERATOR';
            update deliveries.delivery_orders set state = 'SUPERSEDED', active = false returning delivery_order_id
            """
        );
        await shop.BeginUndoAsync(order);
        var left = await shop.PictureAsync();

        await Assert.ThrowsAsync<UnexpectedStateException>(() =>
            shop.Get<DeliveryStore>().CreateDeliveryOrderAsync(new(order.OrderId, 1, 2, superseded))
        );

        Assert.Equal(left, await shop.PictureAsync());
    }

    [Fact]
    public async Task A_charge_that_settles_later_is_stored_so_that_it_can_be_given_back()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1), ("BOOK-DDIA", 1));
        await shop.BeginUndoAsync(order);

        var payment = await shop.StoreAsync(order);

        Assert.Equal(("SETTLED", null), (payment.Status, payment.Delivery));
        Assert.Equal("PAYMENT_PROCESSING", (await shop.StandingAsync(order)).Status);
        Assert.Equal(0, await shop.SingleAsync<int>("select count(*) from orders.digital_grants"));
    }

    [Fact]
    public async Task An_order_that_is_over_stays_as_it_is()
    {
        await using var shop = await Shop.OpenAsync();
        var completed = await shop.PaidAsync(("EBOOK-SQL", 1));
        var cancelled = await shop.PaidAsync(("EBOOK-SQL", 1));
        await shop.CompleteAsync(completed);
        await shop.CloseAsync(cancelled);
        var left = await shop.PictureAsync();

        foreach (var (order, status) in new[] { (completed, OrderStatus.Completed), (cancelled, OrderStatus.Cancelled) })
        {
            Assert.Equal(status, (await shop.BeginUndoAsync(order)).Status);
            Assert.Equal(status, (await shop.CloseAsync(order, OrderFailure.Unexpected)).Status);
            Assert.Equal(status, (await shop.CompleteAsync(order)).Status);
        }

        Assert.Equal(left, await shop.PictureAsync());
    }

    [Theory]
    [InlineData(OrderFailure.OrderInvalid)]
    [InlineData(OrderFailure.OutOfStock)]
    [InlineData(OrderFailure.PaymentDeclined)]
    public async Task Steps_of_an_attempt_that_was_retried_meanwhile_answer_how_it_ended_and_change_nothing(string failure)
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("LAMP-DESK", 1));
        await shop.ExecuteAsync(
            failure switch
            {
                OrderFailure.OrderInvalid => "update orders.products set on_sale = false where sku = 'LAMP-DESK'",
                OrderFailure.OutOfStock => "update orders.stock set on_hand = 0 where sku = 'LAMP-DESK'",
                _ => "select 1",
            }
        );
        var admission = await shop.AdmitAsync(order);
        if (failure == OrderFailure.PaymentDeclined)
        {
            await shop.StoreAsync(order, ChargeOutcome.Declined);
            await shop.BeginUndoAsync(order, failure);
            await shop.CloseAsync(order, failure);
        }

        await shop.RetriedAsync(order);
        var left = await shop.PictureAsync();

        var told = await shop.AdmitAsync(order);
        Assert.Equal(failure == OrderFailure.PaymentDeclined ? failure : admission.FailureType, told.FailureType);
        Assert.Equal(OrderStatus.Failed, (await shop.BeginUndoAsync(order)).Status);
        Assert.Equal(OrderStatus.Failed, (await shop.CloseAsync(order, failure)).Status);
        Assert.Equal(OrderStatus.Failed, (await shop.CompleteAsync(order)).Status);
        Assert.Equal(left, await shop.PictureAsync());
    }

    [Fact]
    public async Task There_is_no_step_of_an_attempt_that_has_not_begun()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));

        await Assert.ThrowsAsync<UnexpectedStateException>(() => shop.AdmitAsync(order with { Attempt = 2 }));
    }

    [Theory]
    [InlineData("PENDING", null)]
    [InlineData("PENDING", OrderFailure.Unexpected)]
    [InlineData("PAYMENT_PROCESSING", null)]
    [InlineData("PAYMENT_PROCESSING", OrderFailure.PaymentDeclined)]
    [InlineData("FULFILLMENT", null)]
    [InlineData("FULFILLMENT", OrderFailure.Unexpected)]
    public async Task Closing_takes_back_what_there_is_whatever_the_status(string status, string? failure)
    {
        await using var shop = await Shop.OpenAsync();
        await shop.PaidAsync(("EBOOK-SQL", 3), ("BOOK-DDIA", 4)); // Another's, which stays.
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1), ("BOOK-DDIA", 2));
        if (status != "PENDING")
        {
            await shop.AdmitAsync(order);
        }

        if (status == "FULFILLMENT")
        {
            await shop.StoreAsync(order);
        }

        await shop.BeginUndoAsync(order, failure);
        var standings = await ShopSteps.AtOnceAsync(5, () => shop.CloseAsync(order, failure));
        var left = await shop.PictureAsync();
        await shop.CloseAsync(order, failure is null ? OrderFailure.Unexpected : null);

        Assert.Equal(left, await shop.PictureAsync());
        var to = failure is null ? "CANCELLED" : "FAILED";
        Assert.All(standings, standing => Assert.Equal(to, standing.Status.WireName()));
        Assert.Equal((to, true, failure, "a fault"), await shop.StandingAsync(order));
        Assert.Equal($"{status} {to} {to} system", (await shop.HistoryAsync(order))[^1]);
        Assert.Equal((0, 3), await shop.StockAsync("EBOOK-SQL"));
        Assert.Equal((0, 4), await shop.StockAsync("BOOK-DDIA"));
        Assert.Equal(3, await shop.SingleAsync<int>("select sum(quantity) from orders.digital_grants where revoked_at is null"));
        Assert.Equal(
            status == "FULFILLMENT" ? ["CREATED CREATED system", "CREATED CANCELLED CANCEL system"] : [],
            await shop.ListAsync<string>(
                """
                select concat_ws(' ', a.from_state, a.to_state, a.event, a.actor)
                from deliveries.delivery_audit a
                join deliveries.delivery_orders d using (delivery_order_id)
                where d.order_id = @OrderId and not d.active and d.state = 'CANCELLED'
                order by a.audit_id
                """,
                order
            )
        );
    }

    [Fact]
    public async Task Whoever_undoes_hears_of_a_payment_that_may_have_taken_money_and_closing_leaves_it_to_the_provider()
    {
        await using var shop = await Shop.OpenAsync();
        var accepted = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        var admitted = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        var declined = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        var paid = await shop.PaidAsync(("EBOOK-SQL", 1));
        await shop.StoreAsync(declined, ChargeOutcome.Declined);

        AcceptedOrder[] orders = [accepted, admitted, declined, paid];
        var standings = new List<OrderStanding>();
        foreach (var order in orders)
        {
            standings.Add(await shop.BeginUndoAsync(order));
            await shop.CloseAsync(order);
        }

        Assert.Equal([false, true, false, true], standings.Select(standing => standing.PaymentOpen));
        Assert.Equal(
            ["DECLINED", "PENDING", "SETTLED"],
            await shop.ListAsync<string>("select status from orders.payments order by status")
        );
    }

    [Fact]
    public async Task Closing_leaves_a_delivery_order_that_has_left_as_it_is_and_what_is_told_of_it_later_comes_too_late()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PaidAsync(("BOOK-DDIA", 2));
        await shop.ExecuteAsync("update deliveries.delivery_orders set state = 'PICKED_UP'");

        await shop.CloseAsync(order);

        Assert.Equal(("PICKED_UP", false), await shop.SingleAsync<(string, bool)>("select state, active from deliveries.delivery_orders"));
    }

    // A worker that was given up may still be at a step: its transaction holds the order while the close waits for it.
    [Theory]
    [InlineData("admit")]
    [InlineData("pay")]
    public async Task Closing_takes_back_what_a_step_committed_while_it_waited_for_that_step(string step)
    {
        await using var shop = await Shop.OpenAsync();
        for (var count = 0; count < 40; count++)
        {
            var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1), ("BOOK-DDIA", 2));
            if (step == "pay")
            {
                await shop.AdmitAsync(order);
            }

            await Task.WhenAll(
                Task.Run<object>(async () => step == "pay" ? await shop.StoreAsync(order) : await shop.AdmitAsync(order), Now),
                Task.Run<object>(async () => await shop.CloseAsync(order), Now)
            );
        }

        Assert.Equal(0, await shop.SingleAsync<int>("select sum(reserved) from orders.stock"));
        Assert.Equal(0, await shop.SingleAsync<int>("select count(*) from orders.reservations where state = 'HELD'"));
        Assert.Equal(0, await shop.SingleAsync<int>("select count(*) from orders.digital_grants where revoked_at is null"));
        Assert.Equal(0, await shop.SingleAsync<int>("select count(*) from deliveries.delivery_orders where active"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task However_steps_and_undoings_meet_stock_status_and_outbox_fit_each_other(int seed)
    {
        await using var shop = await Shop.OpenAsync();
        string[] skus = ["BOOK-DDIA", "EBOOK-SQL", "LAMP-DESK"];
        await shop.ExecuteAsync("update orders.stock set on_hand = 50 where sku = any(@skus)", new { skus });
        var random = new Random(seed);
        var orders = new List<AcceptedOrder>();
        for (var count = 0; count < 30; count++)
        {
            random.Shuffle(skus);
            orders.Add(await shop.AcceptAsync(Shop.Ada, [.. skus.Select(sku => (sku, random.Next(1, 3)))]));
        }

        // Of each order two workers run the steps; of two in three a third worker undoes it meanwhile.
        await Task.WhenAll(
            orders.SelectMany(
                (order, index) =>
                    new[]
                    {
                        Task.Run(() => FulfillAsync(shop, order), Now),
                        Task.Run(() => FulfillAsync(shop, order), Now),
                        index % 3 == 0 ? Task.CompletedTask : Task.Run(() => UndoAsync(shop, order), Now),
                    }
            )
        );

        await FitsAsync(shop);
    }

    [Fact]
    public async Task Of_a_completion_and_an_undoing_exactly_one_wins()
    {
        await using var shop = await Shop.OpenAsync();
        for (var count = 0; count < 40; count++)
        {
            var order = await shop.PaidAsync(("EBOOK-SQL", 1), ("BOOK-DDIA", 2));
            Func<Task<OrderStanding>>[] racers = [() => shop.CompleteAsync(order), () => UndoAsync(shop, order)];

            // Whoever is started first is more likely to win: each is so half of the time.
            var first = count % 2;
            var standings = await Task.WhenAll(Task.Run(racers[first], Now), Task.Run(racers[1 - first], Now));

            var undone = standings[1 - first].Status;
            Assert.True(undone is OrderStatus.Completed or OrderStatus.Cancelled, undone.WireName());
            Assert.Equal(undone.WireName(), (await shop.StandingAsync(order)).Status);
        }

        await FitsAsync(shop);
    }

    // As a workflow does: the row decides.
    private static async Task<OrderStanding> UndoAsync(Shop shop, AcceptedOrder order) =>
        (await shop.BeginUndoAsync(order, failureType: null)) is { Status: OrderStatus.Completed or OrderStatus.Failed } over
            ? over
            : await shop.CloseAsync(order);

    private static async Task FulfillAsync(Shop shop, AcceptedOrder order)
    {
        if (await shop.AdmitAsync(order) is { FailureType: null, UndoneBy: null, Status: not OrderStatus.Cancelled })
        {
            await shop.StoreAsync(order);
            await shop.CompleteAsync(order);
        }
    }

    [Fact]
    public async Task Whoever_follows_the_outbox_hears_of_each_attempt_that_failed_and_of_a_cancellation()
    {
        await using var shop = await Shop.OpenAsync();
        var failed = await shop.PaidAsync(("BOOK-DDIA", 1));
        await shop.BeginUndoAsync(failed, OrderFailure.PaymentDeclined);
        await ShopSteps.AtOnceAsync(3, () => shop.CloseAsync(failed, OrderFailure.PaymentDeclined));
        await shop.ExecuteAsync("update orders.payments set status = 'REFUNDED'");
        var again = await shop.RetriedAsync(failed);
        await shop.AdmitAsync(again);
        await shop.BeginUndoAsync(again, OrderFailure.OutOfStock);
        await shop.CloseAsync(again, OrderFailure.OutOfStock);
        var pending = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        await shop.Get<Cancellations>()
            .RequestAsync(new("c-1", pending.OrderId, Actor.Customer(Shop.Ada), "changed my mind"), TimeSpan.FromSeconds(10), Now);

        Assert.Equal(
            [
                $"order.failed {failed.OrderId} 1 PAYMENT_DECLINED",
                $"order.failed {failed.OrderId} 2 OUT_OF_STOCK",
                $"order.cancelled {pending.OrderId} 1 changed my mind",
            ],
            await shop.ListAsync<string>(
                """
                select concat_ws(' ', topic, payload->>'orderId', payload->>'attempt', coalesce(payload->>'failure', payload->>'reason'))
                from messages.outbox where topic in ('order.failed', 'order.cancelled') order by outbox_id
                """
            )
        );
    }

    private static async Task FitsAsync(Shop shop)
    {
        Assert.Empty(
            await shop.ListAsync<string>(
                "select order_id::text from orders.orders where status not in ('COMPLETED', 'FAILED', 'CANCELLED')"
            )
        );
        Assert.Empty(
            await shop.ListAsync<string>(
                """
                select concat_ws(' ', order_id, o.status, r.state, e.topic, granted.count, parcels.states)
                from orders.orders o
                left join orders.reservations r using (order_id)
                join messages.outbox e on e.aggregate_id = o.order_id and e.topic in ('order.completed', 'order.failed', 'order.cancelled')
                cross join lateral (
                    select count(*) from orders.digital_grants g where g.order_id = o.order_id and g.revoked_at is null) granted
                cross join lateral (
                    select string_agg(state, ',') as states from deliveries.delivery_orders d where d.order_id = o.order_id) parcels
                where case o.status
                    when 'COMPLETED' then (r.state, e.topic, granted.count, parcels.states)
                        is distinct from ('COMMITTED', 'order.completed', 1, 'CREATED')
                    else r.state in ('HELD', 'COMMITTED') or e.topic <> 'order.' || lower(o.status) or granted.count > 0
                        or parcels.states <> 'CANCELLED' end
                """
            )
        );
        Assert.Empty(
            await shop.ListAsync<string>(
                """
                select concat_ws(' ', s.sku, s.on_hand, s.reserved, sold.quantity)
                from orders.stock s
                cross join lateral (
                    select coalesce(sum(l.quantity), 0) as quantity
                    from orders.reservations r cross join unnest(r.skus, r.quantities) as l (sku, quantity)
                    where l.sku = s.sku and r.state = 'COMMITTED') sold
                where s.reserved <> 0 or s.on_hand + sold.quantity not in (0, 50, 1000000)
                """
            )
        );
    }
}
