using Dapper;
using TemporalDelivery.Database.Inventory;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Tests;

public sealed class StockTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_lines_are_reserved_or_none()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 2), ("VASE-RARE", 1));

        var result = await ReserveAsync(shop, order.OrderId, 1, ("BOOK-DDIA", 2), ("VASE-RARE", 1));

        Assert.Equal(ReservationOutcome.OutOfStock, result.Outcome);
        Assert.Equal(["VASE-RARE"], result.ShortSkus);
        Assert.Equal((1_000_000, 0), await StockAsync(shop, "BOOK-DDIA"));
    }

    [Fact]
    public async Task A_repeated_reservation_takes_once_and_answers_the_same()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 2));

        var results = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => ReserveAsync(shop, order.OrderId, 1, ("BOOK-DDIA", 2), ("BOOK-DDIA", 1)))
        );

        Assert.All(results, result => Assert.Equal(ReservationOutcome.Reserved, result.Outcome));
        Assert.Equal((1_000_000, 3), await StockAsync(shop, "BOOK-DDIA"));
    }

    [Fact]
    public async Task A_refusal_stays_a_refusal_for_that_attempt_only()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("VASE-RARE", 1));
        await ReserveAsync(shop, order.OrderId, 1, ("VASE-RARE", 1));
        await SetStockAsync(shop, "VASE-RARE", 1);

        Assert.Equal(ReservationOutcome.OutOfStock, (await ReserveAsync(shop, order.OrderId, 1, ("VASE-RARE", 1))).Outcome);
        Assert.Equal(ReservationOutcome.Reserved, (await ReserveAsync(shop, order.OrderId, 2, ("VASE-RARE", 1))).Outcome);
    }

    [Fact]
    public async Task Released_stock_is_put_back_once_and_a_late_reservation_takes_nothing()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 2));
        var attempt = new OrderAttempt(order.OrderId, 1);
        await ReserveAsync(shop, order.OrderId, 1, ("BOOK-DDIA", 2));

        await shop.Get<ReservationStore>().ReleaseStockAsync(attempt);
        await shop.Get<ReservationStore>().ReleaseStockAsync(attempt);
        await ReserveAsync(shop, order.OrderId, 1, ("BOOK-DDIA", 2));

        Assert.Equal((1_000_000, 0), await StockAsync(shop, "BOOK-DDIA"));
    }

    [Fact]
    public async Task A_release_that_overtakes_its_reservation_leaves_nothing_reserved()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 2));

        await shop.Get<ReservationStore>().ReleaseStockAsync(new OrderAttempt(order.OrderId, 1));
        var late = await ReserveAsync(shop, order.OrderId, 1, ("BOOK-DDIA", 2));

        Assert.Equal(ReservationOutcome.OutOfStock, late.Outcome);
        Assert.Equal((1_000_000, 0), await StockAsync(shop, "BOOK-DDIA"));
    }

    [Fact]
    public async Task Committed_stock_has_left_once()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 2));
        var attempt = new OrderAttempt(order.OrderId, 1);
        await ReserveAsync(shop, order.OrderId, 1, ("BOOK-DDIA", 2));

        await shop.Get<ReservationStore>().CommitStockAsync(attempt);
        await shop.Get<ReservationStore>().CommitStockAsync(attempt);
        await shop.Get<ReservationStore>().ReleaseStockAsync(attempt);

        Assert.Equal((999_998, 0), await StockAsync(shop, "BOOK-DDIA"));
    }

    [Fact]
    public async Task Many_orders_at_once_never_sell_more_than_there_is()
    {
        await using var shop = await Shop.OpenAsync();
        await SetStockAsync(shop, "BOOK-DDIA", 10);
        await SetStockAsync(shop, "LAMP-DESK", 7);
        var orders = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 1))));

        // Half of them name the SKUs the other way round: locks taken in that order would be a deadlock.
        var results = await Task.WhenAll(
            orders.Select(
                (order, index) =>
                    Task.Run(
                        () =>
                            index % 2 == 0
                                ? ReserveAsync(shop, order.OrderId, 1, ("BOOK-DDIA", 1), ("LAMP-DESK", 1))
                                : ReserveAsync(shop, order.OrderId, 1, ("LAMP-DESK", 1), ("BOOK-DDIA", 1)),
                        Now
                    )
            )
        );

        Assert.Equal(7, results.Count(result => result.Outcome == ReservationOutcome.Reserved));
        Assert.Equal((10, 7), await StockAsync(shop, "BOOK-DDIA"));
        Assert.Equal((7, 7), await StockAsync(shop, "LAMP-DESK"));
        Assert.All(results.Where(result => result.Outcome == ReservationOutcome.OutOfStock), result =>
            Assert.Equal(["LAMP-DESK"], result.ShortSkus)
        );
    }

    [Fact]
    public async Task Reserving_releasing_and_committing_beside_each_other_keeps_the_sums()
    {
        await using var shop = await Shop.OpenAsync();
        await SetStockAsync(shop, "BOOK-DDIA", 1000);
        await SetStockAsync(shop, "LAMP-DESK", 1000);
        var orders = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 1))));

        await Task.WhenAll(
            orders.Select(
                (order, index) =>
                    Task.Run(
                        async () =>
                        {
                            var attempt = new OrderAttempt(order.OrderId, 1);
                            await ReserveAsync(shop, order.OrderId, 1, ("LAMP-DESK", 2), ("BOOK-DDIA", 1));
                            if (index % 3 == 0)
                            {
                                await shop.Get<ReservationStore>().CommitStockAsync(attempt);
                            }
                            else if (index % 3 == 1)
                            {
                                await shop.Get<ReservationStore>().ReleaseStockAsync(attempt);
                            }
                        },
                        Now
                    )
            )
        );

        Assert.Equal((990, 10), await StockAsync(shop, "BOOK-DDIA"));
        Assert.Equal((980, 20), await StockAsync(shop, "LAMP-DESK"));
    }

    private static Task<ReservationResult> ReserveAsync(Shop shop, Guid orderId, int attempt, params (string Sku, int Quantity)[] lines) =>
        shop.Get<ReservationStore>()
            .ReserveStockAsync(new StockReservation(orderId, attempt, [.. lines.Select(line => new StockLine(line.Sku, line.Quantity))]));

    private static async Task<(int OnHand, int Reserved)> StockAsync(Shop shop, string sku)
    {
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        return await connection.QuerySingleAsync<(int, int)>("select on_hand, reserved from orders.stock where sku = @sku", new { sku });
    }

    private static async Task SetStockAsync(Shop shop, string sku, int count)
    {
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        await connection.ExecuteAsync("update orders.stock set on_hand = @count where sku = @sku", new { sku, count });
    }
}
