using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Tests;

public sealed class SettledChargeTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_paid_for_is_granted_and_under_way_with_the_same_commit()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1), ("BOOK-DDIA", 2), ("EBOOK-SQL", 2), ("EBOOK-TEMPORAL", 1));

        var payment = await shop.StoreAsync(order);

        Assert.Equal(("FULFILLMENT", false, null, null), await shop.StandingAsync(order));
        Assert.Equal("PAYMENT_PROCESSING FULFILLMENT PAID system", (await shop.HistoryAsync(order))[^1]);
        Assert.Equal(
            [("EBOOK-SQL", 3), ("EBOOK-TEMPORAL", 1)],
            await shop.ListAsync<(string, int)>("select sku, quantity from orders.digital_grants where revoked_at is null order by sku")
        );
        Assert.Equal(7, payment.Delivery!.DeliveryOrderId.Version);
        Assert.Equal(
            (payment.Delivery.DeliveryOrderId, order.OrderId, order.CustomerId, 1, 1, "CREATED", true, payment.Delivery.GraphVersion),
            await shop.SingleAsync<(Guid, Guid, Guid, int, int, string, bool, int)>(
                """
                select d.delivery_order_id, d.order_id, d.customer_id, d.order_attempt, d.attempt, d.state, d.active, d.graph_version
                from deliveries.delivery_orders d
                join orders.payments using (payment_id)
                join orders.orders o on d.address = o.delivery_address
                """
            )
        );
        Assert.Equal(
            (payment.Delivery.DeliveryOrderId, "CREATED", "CREATED", "system"),
            await shop.SingleAsync<(Guid, string, string, string)>(
                "select delivery_order_id, to_state, event, actor from deliveries.delivery_audit where from_state is null"
            )
        );
    }

    [Fact]
    public async Task An_order_of_ebooks_has_no_delivery_order()
    {
        await using var shop = await Shop.OpenAsync();

        var payment = await shop.StoreAsync(await shop.AdmittedAsync(("EBOOK-SQL", 1)));

        Assert.Null(payment.Delivery);
        Assert.Equal(0, await shop.SingleAsync<int>("select count(*) from deliveries.delivery_orders"));
    }

    [Fact]
    public async Task However_often_and_whatever_is_told_it_follows_once()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1), ("BOOK-DDIA", 2));

        var payments = await ShopSteps.AtOnceAsync(8, () => shop.StoreAsync(order));
        var left = await shop.PictureAsync();
        var later = await ShopSteps.AtOnceAsync(4, () => shop.StoreAsync(order, ChargeOutcome.Declined));

        Assert.Equal(order.OrderId, await shop.SingleAsync<Guid>("select order_id from deliveries.delivery_orders"));
        Assert.Equal("SETTLED", Assert.Single(payments.Concat(later).Distinct()).Status);
        Assert.Equal(left, await shop.PictureAsync());
    }

    [Theory]
    [InlineData(ChargeOutcome.Declined)]
    [InlineData(ChargeOutcome.Pending)]
    public async Task From_a_charge_that_is_not_settled_nothing_follows(ChargeOutcome outcome)
    {
        await using var shop = await Shop.OpenAsync();
        var (first, _) = await AbandonedAsync(shop);
        var again = await shop.RetriedAsync(first);
        await shop.AdmitAsync(again);

        var payment = await shop.StoreAsync(again, outcome);

        Assert.Equal(
            (outcome.ToString().ToUpperInvariant(), $"pay-{again.OrderId}-2", null),
            (payment.Status, payment.ProviderPaymentId, payment.Delivery)
        );
        Assert.Equal("PAYMENT_PROCESSING", (await shop.StandingAsync(again)).Status);
        Assert.Equal(1, await shop.SingleAsync<int>("select order_attempt from deliveries.delivery_orders"));
    }

    [Fact]
    public async Task A_retrys_first_delivery_order_is_the_active_one_though_an_earlier_attempts_never_came_to_its_end()
    {
        await using var shop = await Shop.OpenAsync();
        var (first, abandoned) = await AbandonedAsync(shop);
        var again = await shop.RetriedAsync(first);
        await shop.AdmitAsync(again);

        var payment = await shop.StoreAsync(again);

        Assert.NotEqual(abandoned, payment.Delivery!.DeliveryOrderId);
        Assert.Equal(
            payment.Delivery.DeliveryOrderId,
            await shop.SingleAsync<Guid>("select delivery_order_id from deliveries.delivery_orders where active")
        );
        Assert.Equal("PICKED_UP", await shop.SingleAsync<string>("select state from deliveries.delivery_orders where not active"));
    }

    [Fact]
    public async Task An_earlier_attempts_late_charge_is_stored_and_moves_nothing()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        await shop.CloseAsync(order, OrderFailure.PaymentTimedOut);
        var again = await shop.RetriedAsync(order);
        await shop.AdmitAsync(again);

        Assert.Equal("SETTLED", (await shop.StoreAsync(order)).Status);

        Assert.Equal("PAYMENT_PROCESSING", (await shop.StandingAsync(again)).Status);
        Assert.Equal(0, await shop.SingleAsync<int>("select count(*) from orders.digital_grants"));
    }

    [Fact]
    public async Task Beside_a_beginning_undo_everything_follows_or_nothing_does()
    {
        await using var shop = await Shop.OpenAsync();
        for (var count = 0; count < 25; count++)
        {
            var order = await shop.AdmittedAsync(("EBOOK-SQL", 1), ("BOOK-DDIA", 1));

            await Task.WhenAll(
                Task.Run(() => shop.StoreAsync(order), Now),
                Task.Run(() => shop.BeginUndoAsync(order), Now),
                Task.Run(() => shop.StoreAsync(order), Now)
            );

            var (status, undoing, _, _) = await shop.StandingAsync(order);
            var follows = status == "FULFILLMENT" ? 1 : 0;
            Assert.True(undoing);
            Assert.Equal(
                ("SETTLED", follows, follows, follows),
                await shop.SingleAsync<(string, int, int, int)>(
                    """
                    select (select status from orders.payments where order_id = @OrderId),
                        (select count(*) from orders.order_audit where order_id = @OrderId and to_status = 'FULFILLMENT')::int,
                        (select count(*) from orders.digital_grants where order_id = @OrderId)::int,
                        (select count(*) from deliveries.delivery_orders where order_id = @OrderId)::int
                    """,
                    new { order.OrderId }
                )
            );
        }
    }

    // The order failed while its parcel was on the way: what the parcel's workflow would have told is not known.
    private static async Task<(AcceptedOrder Order, Guid Delivery)> AbandonedAsync(Shop shop)
    {
        var order = await shop.PaidAsync(("BOOK-DDIA", 1));
        var delivery = await shop.SingleAsync<Guid>(
            "update deliveries.delivery_orders set state = 'PICKED_UP' returning delivery_order_id"
        );
        await shop.BeginUndoAsync(order);
        await shop.CloseAsync(order, OrderFailure.Unexpected);
        return (order, delivery);
    }
}
