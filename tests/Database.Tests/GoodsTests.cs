using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Tests;

/// <summary>
/// Where the goods of an order are: held from the admission, in transit from the pickup, sold when confirmed; after the pickup an operator
/// says what became of them. Each step once, however often and by however many it is told.
/// </summary>
public sealed class GoodsTests
{
    private const string Lamp = "LAMP-DESK";
    private static readonly Actor Jane = Actor.Operator("jane");

    [Fact]
    public async Task Goods_are_in_transit_from_the_pickup_and_sold_when_confirmed()
    {
        await using var shop = await StockedAsync();
        var order = await shop.PaidAsync((Lamp, 3), ("EBOOK-SQL", 1));
        Assert.Equal((10, 3, 0), await OfLampsAsync(shop));
        Assert.Equal(["0 HELD", "1 HELD"], await ReservationsAsync(shop, order));

        await MoveAgainAndAgainAsync(shop, order, DeliveryState.Created, DeliveryState.PickedUp);
        Assert.Equal((7, 0, 3), await OfLampsAsync(shop));
        await MoveAgainAndAgainAsync(shop, order, DeliveryState.PickedUp, DeliveryState.Delivered);
        Assert.Equal((7, 0, 3), await OfLampsAsync(shop));
        await MoveAgainAndAgainAsync(shop, order, DeliveryState.Delivered, DeliveryState.DeliveryConfirmed);

        Assert.Equal((7, 0, 0), await OfLampsAsync(shop));
        Assert.Equal(["0 HELD", "1 COMMITTED"], await ReservationsAsync(shop, order));
        await shop.CompleteAsync(order);
        Assert.Equal((7, 0, 0), await OfLampsAsync(shop));
        Assert.Equal((1, 0), await shop.StockAsync("EBOOK-SQL"));
        Assert.Equal(["0 COMMITTED", "1 COMMITTED"], await ReservationsAsync(shop, order));
    }

    [Fact]
    public async Task A_parcel_of_which_nothing_was_held_is_an_operators_when_it_is_confirmed()
    {
        await using var shop = await StockedAsync();
        var order = await shop.PaidAsync((Lamp, 3));
        await MoveAsync(shop, order, DeliveryState.Created, DeliveryState.PendingByOperator);
        await shop.ExecuteAsync("update orders.reservations set state = 'RELEASED'");

        await MoveAgainAndAgainAsync(shop, order, DeliveryState.PendingByOperator, DeliveryState.DeliveryConfirmed);

        Assert.Equal(
            ["the delivery is confirmed, but nothing of its goods was held or in transit"],
            await shop.ListAsync<string>("select detail from orders.operator_tasks where kind = 'STOCK_NOT_COMMITTED'")
        );
    }

    [Fact]
    public async Task A_parcel_that_is_confirmed_with_proof_is_sold_whether_or_not_its_pickup_was_told()
    {
        await using var shop = await StockedAsync();
        var order = await shop.PaidAsync((Lamp, 3));
        await MoveAsync(shop, order, DeliveryState.Created, DeliveryState.PendingByOperator);

        await MoveAgainAndAgainAsync(shop, order, DeliveryState.PendingByOperator, DeliveryState.DeliveryConfirmed);

        Assert.Equal((7, 0, 0), await OfLampsAsync(shop));
        Assert.Equal(["1 COMMITTED"], await ReservationsAsync(shop, order));
    }

    [Theory]
    [InlineData(GoodsOutcome.Returned, 10)]
    [InlineData(GoodsOutcome.Lost, 5)] // Five lamps that do not exist are not for sale.
    [InlineData(GoodsOutcome.Kept, 5)]
    public async Task Of_a_cancelled_parcel_what_returned_is_for_sale_and_what_is_lost_or_kept_is_neither_for_sale_nor_sold(
        GoodsOutcome goods,
        int onHand
    )
    {
        await using var shop = await StockedAsync();
        var order = await FailedAsync(shop, (Lamp, 5));
        Assert.Equal((5, 0, 5), await OfLampsAsync(shop));

        await MoveAgainAndAgainAsync(shop, order, DeliveryState.PendingByOperator, DeliveryState.Cancelled, goods);
        await shop.BeginUndoAsync(order);
        await ShopSteps.AtOnceAsync(4, () => shop.CloseAsync(order));

        Assert.Equal((onHand, 0, 0), await OfLampsAsync(shop));
        Assert.Equal([$"1 {goods.WireName()}"], await ReservationsAsync(shop, order));
        Assert.Equal(
            goods.WireName(),
            await shop.SingleAsync<string>("select goods from deliveries.delivery_audit where to_state = 'CANCELLED'")
        );
    }

    [Theory]
    [InlineData(GoodsOutcome.Returned, 10)]
    [InlineData(GoodsOutcome.Lost, 5)]
    [InlineData(GoodsOutcome.Kept, 5)]
    [InlineData(null, 10)]
    public async Task A_redelivery_reserves_goods_of_its_own(GoodsOutcome? goods, int onHand)
    {
        await using var shop = await StockedAsync();
        var order = goods is null ? await shop.PaidAsync((Lamp, 5)) : await FailedAsync(shop, (Lamp, 5));
        if (goods is null)
        {
            await MoveAsync(shop, order, DeliveryState.Created, DeliveryState.PendingByOperator);
        }

        await MoveAgainAndAgainAsync(shop, order, DeliveryState.PendingByOperator, DeliveryState.Superseded, goods);

        Assert.Equal((onHand, 5, 0), await OfLampsAsync(shop));
        Assert.Equal([$"1 {goods?.WireName() ?? "RELEASED"}", "2 HELD"], await ReservationsAsync(shop, order));
        var first = await DeliveryAsync(shop, order);
        await shop.Get<DeliveryStore>().CreateDeliveryOrderAsync(new(order.OrderId, 1, 2, first));
        await MoveAsync(shop, order, DeliveryState.Created, DeliveryState.PickedUp);
        Assert.Equal((onHand - 5, 0, 5), await OfLampsAsync(shop));
        await MoveAsync(shop, order, DeliveryState.PickedUp, DeliveryState.Delivered);
        await MoveAsync(shop, order, DeliveryState.Delivered, DeliveryState.DeliveryConfirmed);
        await shop.CompleteAsync(order);
        Assert.Equal((onHand - 5, 0, 0), await OfLampsAsync(shop));
        Assert.Equal([$"1 {goods?.WireName() ?? "RELEASED"}", "2 COMMITTED"], await ReservationsAsync(shop, order));
    }

    [Fact]
    public async Task A_redelivery_whose_goods_are_short_is_not_recorded_and_says_what_is_short()
    {
        await using var shop = await StockedAsync();
        var order = await FailedAsync(shop, (Lamp, 5), ("BOOK-DDIA", 1));
        await shop.AdmittedAsync((Lamp, 1));
        var left = await shop.PictureAsync();

        var refused = await MoveAsync(shop, order, DeliveryState.PendingByOperator, DeliveryState.Superseded, GoodsOutcome.Lost);

        Assert.Equal(left, await shop.PictureAsync());
        Assert.Equal((false, DeliveryState.PendingByOperator), (refused.Made, refused.State));
        Assert.Equal([Lamp], refused.ShortSkus);
        var made = await MoveAsync(shop, order, DeliveryState.PendingByOperator, DeliveryState.Superseded, GoodsOutcome.Returned);
        Assert.Equal((true, DeliveryState.Superseded, null), (made.Made, made.State, made.ShortSkus));
        Assert.Equal((10, 6, 0), await OfLampsAsync(shop));
    }

    [Fact]
    public async Task Goods_in_transit_do_not_go_back_for_sale_without_an_operators_word()
    {
        await using var shop = await StockedAsync();
        var order = await FailedAsync(shop, (Lamp, 5));
        var left = await shop.PictureAsync();

        await Assert.ThrowsAsync<UnexpectedStateException>(() =>
            MoveAsync(shop, order, DeliveryState.PendingByOperator, DeliveryState.Superseded)
        );
        Assert.Equal(left, await shop.PictureAsync());
        await shop.BeginUndoAsync(order);
        await ShopSteps.AtOnceAsync(4, () => shop.CloseAsync(order, OrderFailure.Unexpected));

        Assert.Equal((5, 0, 5), await OfLampsAsync(shop));
        Assert.Equal(["1 IN_TRANSIT"], await ReservationsAsync(shop, order));
    }

    [Fact]
    public async Task A_parcel_that_the_partner_did_not_give_up_is_in_transit_even_if_its_pickup_was_never_told()
    {
        await using var shop = await StockedAsync();
        var order = await shop.PaidAsync((Lamp, 5), ("EBOOK-SQL", 1));
        await shop.BeginUndoAsync(order);

        var closing = new OrderClosing(order.OrderId, 1, OrderFailure.Unexpected, "terminated", Actor.System, IsParcelOut: true);
        await ShopSteps.AtOnceAsync(4, () => shop.Get<OrderSteps>().CloseOrderAsync(closing));

        Assert.Equal((5, 0, 5), await OfLampsAsync(shop));
        Assert.Equal((0, 0), await shop.StockAsync("EBOOK-SQL"));
        Assert.Equal(["0 RELEASED", "1 IN_TRANSIT"], await ReservationsAsync(shop, order));
    }

    [Fact]
    public async Task The_last_ten_under_two_hundred_orders_at_once_sell_ten_times()
    {
        await using var shop = await StockedAsync();
        var orders = new List<AcceptedOrder>();
        for (var count = 0; count < 200; count++)
        {
            orders.Add(await shop.AcceptAsync(Shop.Ada, (Lamp, 1)));
        }

        var outcomes = await Task.WhenAll(orders.Select(order => Task.Run(() => BuyAsync(order), TestContext.Current.CancellationToken)));

        Assert.Equal(10, outcomes.Count(isSold => isSold));
        Assert.Equal((0, 0, 0), await OfLampsAsync(shop));
        Assert.Equal(10, await shop.SingleAsync<int>("select sum(quantities[1]) from orders.reservations where state = 'COMMITTED'"));

        async Task<bool> BuyAsync(AcceptedOrder order)
        {
            if ((await shop.AdmitAsync(order)).FailureType is not null)
            {
                return false;
            }

            await shop.StoreAsync(order);
            await MoveAsync(shop, order, DeliveryState.Created, DeliveryState.PickedUp);
            await MoveAsync(shop, order, DeliveryState.PickedUp, DeliveryState.Delivered);
            await MoveAsync(shop, order, DeliveryState.Delivered, DeliveryState.DeliveryConfirmed);
            return (await shop.CompleteAsync(order)).Status == OrderStatus.Completed;
        }
    }

    [Fact]
    public async Task A_pickup_that_races_with_the_undo_leaves_the_goods_in_one_place()
    {
        await using var shop = await StockedAsync();
        for (var round = 0; round < 5; round++)
        {
            var order = await shop.PaidAsync((Lamp, 2), ("BOOK-DDIA", 1));
            var delivery = await DeliveryAsync(shop, order);
            var pickup = Task.Run(
                () => MoveAsync(shop, order, DeliveryState.Created, DeliveryState.PickedUp),
                TestContext.Current.CancellationToken
            );
            await shop.BeginUndoAsync(order);
            await shop.CloseAsync(order);
            var state = (await pickup).State;

            Assert.Equal(state == DeliveryState.PickedUp ? ["1 IN_TRANSIT"] : ["1 RELEASED"], await ReservationsAsync(shop, order));
            await shop.ExecuteAsync(
                "update deliveries.delivery_orders set active = false where delivery_order_id = @delivery",
                new { delivery }
            );
        }

        var (onHand, reserved, inTransit) = await OfLampsAsync(shop);
        Assert.Equal((10, 0), (onHand + inTransit, reserved));
    }

    private static async Task<Shop> StockedAsync()
    {
        var shop = await Shop.OpenAsync();
        await shop.ExecuteAsync("update orders.stock set on_hand = 10 where sku = @Lamp", new { Lamp });
        return shop;
    }

    /// <summary>An order whose parcel was picked up and waits for an operator.</summary>
    private static async Task<AcceptedOrder> FailedAsync(Shop shop, params (string, int)[] lines)
    {
        var order = await shop.PaidAsync(lines);
        await MoveAsync(shop, order, DeliveryState.Created, DeliveryState.PickedUp);
        await MoveAsync(shop, order, DeliveryState.PickedUp, DeliveryState.PendingByOperator);
        return order;
    }

    private static async Task MoveAgainAndAgainAsync(
        Shop shop,
        AcceptedOrder order,
        DeliveryState from,
        DeliveryState to,
        GoodsOutcome? goods = null
    )
    {
        var delivery = await DeliveryAsync(shop, order);
        await ShopSteps.AtOnceAsync(4, () => MoveAsync(shop, order, from, to, goods, delivery));
        var left = await shop.PictureAsync();
        await MoveAsync(shop, order, from, to, goods, delivery);
        Assert.Equal(left, await shop.PictureAsync());
    }

    private static async Task<DeliveryStanding> MoveAsync(
        Shop shop,
        AcceptedOrder order,
        DeliveryState from,
        DeliveryState to,
        GoodsOutcome? goods = null,
        Guid? delivery = null
    )
    {
        var id = delivery ?? await DeliveryAsync(shop, order);
        var isOver = DeliveryGraph.OfVersion(DeliveryGraph.CurrentVersion).IsTerminal(to);
        return await shop.Get<DeliveryStore>().RecordDeliveryMovesAsync(new(id, order.OrderId, Way(from, to), isOver, Goods: goods));
    }

    private static DeliveryMoved[] Way(DeliveryState from, DeliveryState to) =>
        to switch
        {
            DeliveryState.PendingByOperator =>
            [
                new(from, DeliveryState.DeliveryFailed, from == DeliveryState.Created ? "PICKUP_OVERDUE" : "FAILED", null, null, Jane),
                new(DeliveryState.DeliveryFailed, to, "ASK_OPERATOR", null, null, Jane),
            ],
            DeliveryState.Superseded => [new(from, to, "REDELIVER", null, null, Jane)],
            DeliveryState.Cancelled => [new(from, to, "CANCEL", null, null, Jane)],
            DeliveryState.DeliveryConfirmed =>
            [
                new(from, to, from == DeliveryState.Delivered ? "CONFIRM_RECEIPT" : "CONFIRM_WITH_PROOF", null, null, Jane),
            ],
            _ => [new(from, to, to.WireName(), null, null, Jane)],
        };

    /// <summary>The order's last delivery order.</summary>
    private static Task<Guid> DeliveryAsync(Shop shop, AcceptedOrder order) =>
        shop.SingleAsync<Guid>(
            "select delivery_order_id from deliveries.delivery_orders where order_id = @OrderId order by attempt desc limit 1",
            order
        );

    private static Task<(int OnHand, int Reserved, int InTransit)> OfLampsAsync(Shop shop) =>
        shop.SingleAsync<(int, int, int)>("select on_hand, reserved, in_transit from orders.stock where sku = @Lamp", new { Lamp });

    private static Task<IReadOnlyList<string>> ReservationsAsync(Shop shop, AcceptedOrder order) =>
        shop.ListAsync<string>(
            "select parcel || ' ' || state from orders.reservations where order_id = @OrderId and attempt = @Attempt order by parcel",
            order
        );
}
