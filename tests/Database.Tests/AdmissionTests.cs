using Dapper;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Tests;

public sealed class AdmissionTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 1)]
    [InlineData("SAVE-5", 0)] // How much is to be paid is known when the voucher was redeemed.
    public async Task An_admitted_order_has_its_stock_its_payment_and_each_status_in_the_audit(string? voucher, int payments)
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.DraftAsync(Shop.Ada, ("BOOK-DDIA", 2), ("EBOOK-SQL", 1), ("BOOK-DDIA", 3)) with { VoucherCode = voucher };
        await shop.AcceptAsync([order]);

        Assert.Equal(new OrderAdmission(OrderStatus.PaymentProcessing), await shop.AdmitAsync(order));

        Assert.Equal(("PAYMENT_PROCESSING", false, null, null), await shop.StandingAsync(order));
        Assert.Equal(
            [
                $"PENDING ACCEPTED customer:{Shop.Ada}",
                "PENDING VALIDATING STARTED system",
                "VALIDATING INVENTORY_CHECK VALIDATED system",
                "INVENTORY_CHECK PAYMENT_PROCESSING STOCK_RESERVED system",
            ],
            await shop.HistoryAsync(order)
        );
        Assert.Equal((0, 5), await shop.StockAsync("BOOK-DDIA"));
        Assert.Equal((0, 1), await shop.StockAsync("EBOOK-SQL"));
        Assert.Equal(
            payments,
            await shop.SingleAsync<int>("select count(*) from orders.payments where status = 'PENDING' and amount_cents = 5 * 4550 + 1999")
        );
    }

    [Fact]
    public async Task An_order_that_breaks_rules_is_failed_at_once_and_every_fault_is_told()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 2), ("EBOOK-SQL", 1), ("LAMP-DESK", 1));
        await shop.ExecuteAsync("update orders.products set on_sale = false where sku in ('BOOK-DDIA', 'LAMP-DESK')");

        var admission = await shop.AdmitAsync(order);

        const string Faults = "lines[0].sku: BOOK-DDIA is not on sale; lines[2].sku: LAMP-DESK is not on sale";
        Assert.Equal(new OrderAdmission(OrderStatus.Failed, OrderFailure.OrderInvalid, Faults), admission);
        Assert.Equal(("FAILED", false, OrderFailure.OrderInvalid, Faults), await shop.StandingAsync(order));
        Assert.Equal(["PENDING VALIDATING STARTED system", "VALIDATING FAILED FAILED system"], (await shop.HistoryAsync(order)).Skip(1));
        Assert.Equal((0, 0), await shop.StockAsync("EBOOK-SQL"));
        Assert.Equal(
            (0, 0),
            await shop.SingleAsync<(int, int)>(
                "select (select count(*) from orders.reservations)::int, (select count(*) from orders.payments)::int"
            )
        );
    }

    [Fact]
    public async Task What_is_short_is_named_and_nothing_is_reserved()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("VASE-RARE", 1), ("EBOOK-SQL", 1), ("BOOK-DDIA", 2), ("BOOK-DDIA", 2));
        await shop.ExecuteAsync("update orders.stock set on_hand = 3 where sku = 'BOOK-DDIA'");

        var admission = await shop.AdmitAsync(order);

        Assert.Equal(new OrderAdmission(OrderStatus.Failed, OrderFailure.OutOfStock, "out of stock: BOOK-DDIA, VASE-RARE"), admission);
        Assert.Equal(("FAILED", false, OrderFailure.OutOfStock, "out of stock: BOOK-DDIA, VASE-RARE"), await shop.StandingAsync(order));
        Assert.Equal(
            ["PENDING VALIDATING STARTED system", "VALIDATING INVENTORY_CHECK VALIDATED system", "INVENTORY_CHECK FAILED FAILED system"],
            (await shop.HistoryAsync(order)).Skip(1)
        );
        Assert.Equal(0, await shop.SingleAsync<int>("select sum(reserved) from orders.stock"));
        Assert.Equal(0, await shop.SingleAsync<int>("select count(*) from orders.payments"));
    }

    [Theory]
    [InlineData("BOOK-DDIA", null)]
    [InlineData("VASE-RARE", OrderFailure.OutOfStock)]
    [InlineData("BOOK-RETIRED", OrderFailure.OrderInvalid)]
    public async Task Run_again_and_at_once_it_answers_and_leaves_what_it_did_first_whatever_the_catalogue_says(string sku, string? failure)
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, (sku, 1));

        var answers = await ShopSteps.AtOnceAsync(6, () => shop.AdmitAsync(order));
        await shop.ExecuteAsync("update orders.products set on_sale = not on_sale; update orders.stock set on_hand = 5 where on_hand = 0");
        var left = await shop.PictureAsync();
        var later = await ShopSteps.AtOnceAsync(6, () => shop.AdmitAsync(order));

        Assert.Equal(failure, Assert.Single(answers.Concat(later).Distinct()).FailureType);
        Assert.Equal(left, await shop.PictureAsync());
        Assert.Equal(failure is null ? 1 : 0, await shop.SingleAsync<int>("select sum(reserved) from orders.stock"));
    }

    [Fact]
    public async Task A_refusal_is_that_attempts_only()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("VASE-RARE", 1));
        var refused = await shop.AdmitAsync(order);
        await shop.ExecuteAsync("update orders.stock set on_hand = 1 where sku = 'VASE-RARE'");

        var again = await shop.RetriedAsync(order);

        Assert.Equal(new OrderAdmission(OrderStatus.PaymentProcessing), await shop.AdmitAsync(again));
        Assert.Equal(refused, await shop.AdmitAsync(order));
    }

    [Fact]
    public async Task An_order_that_meets_a_restock_takes_what_has_come_in()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("VASE-RARE", 2));
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        await using var restock = await connection.BeginTransactionAsync(Now);
        await connection.ExecuteAsync("update orders.stock set on_hand = 2 where sku = 'VASE-RARE'", transaction: restock);

        var admission = shop.AdmitAsync(order);
        const string waiting =
            "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
        while (!await shop.SingleAsync<bool>(waiting))
        {
            Assert.False(admission.IsCompleted);
        }

        await restock.CommitAsync(Now);

        Assert.Equal(new OrderAdmission(OrderStatus.PaymentProcessing), await admission);
        Assert.Equal((2, 2), await shop.SingleAsync<(int, int)>("select on_hand, reserved from orders.stock where sku = 'VASE-RARE'"));
    }

    [Fact]
    public async Task Many_orders_at_once_never_reserve_more_than_there_is_nor_wait_for_each_other_in_a_circle()
    {
        await using var shop = await Shop.OpenAsync();
        string[] skus = ["BOOK-DDIA", "EBOOK-SQL", "LAMP-DESK"];
        await shop.ExecuteAsync("update orders.stock set on_hand = 30 where sku = any(@skus)", new { skus });
        var random = new Random(7);
        var orders = new List<Orders.AcceptedOrder>();
        for (var count = 0; count < 40; count++)
        {
            // Each names its articles in another order: locks taken in that order would be a deadlock.
            random.Shuffle(skus);
            orders.Add(await shop.AcceptAsync(Shop.Ada, [.. skus.Select(sku => (sku, random.Next(1, 4)))]));
        }

        var admissions = await Task.WhenAll(
            orders.Concat(orders).Select(order => Task.Run(async () => (order.OrderId, await shop.AdmitAsync(order)), Now))
        );

        var admitted = admissions
            .Where(admission => admission.Item2.FailureType is null)
            .Select(admission => admission.OrderId)
            .ToHashSet();
        Assert.InRange(admitted.Count, 10, 39);
        Assert.Equal(40, admissions.Distinct().Count());
        foreach (var sku in skus)
        {
            var held = orders
                .Where(order => admitted.Contains(order.OrderId))
                .Sum(order => order.Lines.Single(line => line.Sku == sku).Quantity);
            Assert.Equal(
                (30, held),
                await shop.SingleAsync<(int, int)>("select on_hand, reserved from orders.stock where sku = @sku", new { sku })
            );
        }
    }
}
