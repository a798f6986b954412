using TemporalDelivery.Database.Catalogue;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Tests;

public sealed class CatalogueTests
{
    private static readonly Sku Book = new("BOOK-DDIA");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_hundred_orders_among_restocks_and_write_offs_never_take_what_is_not_there_and_the_sums_add_up()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ExecuteAsync("update orders.stock set on_hand = 50 where sku = 'BOOK-DDIA'");
        var orders = new List<Orders.AcceptedOrder>();
        for (var count = 0; count < 200; count++)
        {
            orders.Add(await shop.DraftAsync(Shop.Ada, ("BOOK-DDIA", 1)));
        }

        await shop.AcceptAsync(orders);
        var admitting = orders.Select(order => Task.Run(() => shop.AdmitAsync(order), Now)).ToList();
        // Every third puts one there, the others write two off, and each is sent twice at once.
        var changing = Enumerable
            .Range(0, 60)
            .SelectMany(number => new[] { number, number })
            .Select(number => Task.Run(() => StockAsync(shop, number % 3 == 0 ? 1 : -2, $"request-{number}"), Now))
            .ToList();
        var admitted = (await Task.WhenAll(admitting)).Count(admission => admission.FailureType is null);
        var changes = await Task.WhenAll(changing);

        var (onHand, reserved) = await shop.SingleAsync<(int, int)>("select on_hand, reserved from orders.stock where sku = 'BOOK-DDIA'");
        var told = await shop.ListAsync<int>("select stock_change from orders.product_audit order by audit_id");
        Assert.Equal(50 + told.Sum(), onHand);
        Assert.Equal(admitted, reserved);
        Assert.InRange(reserved, 0, onHand);
        Assert.Equal(20, told.Count(change => change == 1));
        Assert.Contains(ProductVerdict.TooFew, changes.Select(change => change.Verdict));
        Assert.Equal(
            told.Count(change => change == -2),
            await shop.SingleAsync<int>("select count(distinct request) from orders.product_audit where stock_change = -2")
        );
        Assert.All(
            await shop.ListAsync<(int Was, int Became, int Change)>(
                "select (was ->> 'onHand')::int, (became ->> 'onHand')::int, stock_change from orders.product_audit"
            ),
            change => Assert.Equal(change.Became, change.Was + change.Change)
        );
    }

    [Fact]
    public async Task A_change_that_is_asked_for_again_is_done_once_even_when_the_first_answer_was_lost()
    {
        await using var shop = await Shop.OpenAsync();

        var stock = await ShopSteps.AtOnceAsync(6, () => StockAsync(shop, 5, "stock"));
        var made = await ShopSteps.AtOnceAsync(6, () => PutAsync(shop, new Sku("SHELF-NEW"), 500, "made", mustExist: false));
        var price = await PutAsync(shop, Book, 4600, "price", version: 1);
        await PutAsync(shop, Book, 4700, "another");
        var late = await PutAsync(shop, Book, 4600, "price", version: 1);

        Assert.All(stock, change => Assert.Equal((ProductVerdict.Changed, 1_000_005), (change.Verdict, change.Product!.OnHand)));
        Assert.All(made, change => Assert.Equal((ProductVerdict.Created, 500L), (change.Verdict, change.Product!.PriceCents)));
        Assert.Equal((ProductVerdict.Changed, 4600L), (price.Verdict, price.Product!.PriceCents));
        Assert.Equal((ProductVerdict.Changed, 4700L), (late.Verdict, late.Product!.PriceCents));
        Assert.Equal(
            ["BOOK-DDIA CHANGED 2", "BOOK-DDIA CHANGED 3", "BOOK-DDIA RESTOCKED 2", "SHELF-NEW CREATED 1"],
            await shop.ListAsync<string>("select concat_ws(' ', sku, event, version) from orders.product_audit order by 1")
        );
    }

    [Fact]
    public async Task Who_changes_what_another_has_just_changed_is_told_so_and_one_of_many_wins()
    {
        await using var shop = await Shop.OpenAsync();

        var changes = await Task.WhenAll(
            Enumerable.Range(1, 8).Select(cents => Task.Run(() => PutAsync(shop, Book, cents, $"request-{cents}", version: 1), Now))
        );
        var makers = await Task.WhenAll(
            Enumerable
                .Range(1, 8)
                .Select(cents => Task.Run(() => PutAsync(shop, new Sku("SHELF-NEW"), cents, $"maker-{cents}", mustExist: false), Now))
        );

        Assert.Equal(ProductVerdict.Changed, Assert.Single(changes, change => change.Verdict != ProductVerdict.Outdated).Verdict);
        Assert.Equal(ProductVerdict.Created, Assert.Single(makers, change => change.Verdict != ProductVerdict.Outdated).Verdict);
        Assert.Equal(2, await shop.SingleAsync<int>("select count(*) from orders.product_audit"));
    }

    [Fact]
    public async Task What_was_accepted_keeps_its_price_through_admission_and_charge()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 2));

        await PutAsync(shop, Book, 9900, "dearer");

        Assert.Equal(new OrderAdmission(OrderStatus.PaymentProcessing), await shop.AdmitAsync(order));
        Assert.Equal(9100, await shop.SingleAsync<int>("select amount_cents from orders.payments"));
        Assert.Equal(19800, (await shop.DraftAsync(Shop.Ada, ("BOOK-DDIA", 2))).Lines.Sum(line => line.TotalCents));
    }

    [Fact]
    public async Task The_audit_says_who_changed_what_and_is_never_changed_itself()
    {
        await using var shop = await Shop.OpenAsync();
        await PutAsync(shop, Book, 9900, "dearer");

        Assert.Equal(
            "4550 9900 operator:jane because 2",
            await shop.SingleAsync<string>(
                "select concat_ws(' ', was ->> 'priceCents', became ->> 'priceCents', actor, reason, version) from orders.product_audit"
            )
        );
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => shop.ExecuteAsync("update orders.product_audit set reason = 'no'"));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => shop.ExecuteAsync("delete from orders.product_audit"));
    }

    private static Task<ProductOutcome> StockAsync(Shop shop, int units, string request) =>
        shop.Get<ProductStore>().ChangeAsync(new ProductChange.Stock(Book, Actor.Operator("jane"), "counted", request, units), Now);

    private static Task<ProductOutcome> PutAsync(
        Shop shop,
        Sku sku,
        long cents,
        string request,
        bool? mustExist = null,
        int? version = null
    ) =>
        shop.Get<ProductStore>()
            .ChangeAsync(
                new ProductChange.Put(
                    sku,
                    Actor.Operator("jane"),
                    "because",
                    request,
                    "A thing",
                    LineKind.Physical,
                    cents,
                    true,
                    mustExist,
                    version is null ? null : found => found == version
                ),
                Now
            );
}
