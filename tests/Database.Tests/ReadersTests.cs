using TemporalDelivery.Database.Customers;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Tests;

public sealed class ReadersTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_of_orders_follow_each_other_newest_first_without_repetition()
    {
        await using var shop = await Shop.OpenAsync();
        var placed = new List<Guid>();
        for (var count = 0; count < 7; count++)
        {
            placed.Add((await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1))).OrderId);
        }

        await shop.AcceptAsync(Shop.Grace, ("EBOOK-SQL", 1));

        var found = new List<Guid>();
        Guid? cursor = null;
        do
        {
            var page = await shop.Get<StatusReader>().ListOrdersAsync(Shop.Ada, "PENDING", cursor, 3, Now);
            Assert.InRange(page.Items.Count, 1, 3);
            found.AddRange(page.Items.Select(order => order.OrderId));
            cursor = page.Next;
        } while (cursor is not null);

        Assert.Equal(placed.OrderDescending(), found);
        Assert.Equal(8, (await shop.Get<StatusReader>().ListOrdersAsync(null, null, null, 20, Now)).Items.Count);
        Assert.Empty((await shop.Get<StatusReader>().ListOrdersAsync(Shop.Ada, "COMPLETED", null, 3, Now)).Items);
    }

    [Fact]
    public async Task What_is_paid_and_not_given_back_is_bought()
    {
        await using var shop = await Shop.OpenAsync();
        var paid = await shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 2), ("EBOOK-SQL", 1));
        var failed = await shop.AcceptAsync(Shop.Ada, ("CHAIR-OAK", 1));
        await shop.AcceptAsync(Shop.Ada, ("LAMP-DESK", 1));
        await MoveAsync(shop, paid, OrderStatus.Fulfillment);
        await MoveAsync(shop, failed, OrderStatus.Failed);
        await shop.ProjectAsync();

        var items = await shop.Get<CustomerReader>().ListItemsAsync(Shop.Ada, null, 10, Now);
        var summaries = await shop.Get<CustomerReader>().ListSummariesAsync(null, 10, Now);

        Assert.Equal(
            [("BOOK-DDIA", 2, "FULFILLMENT"), ("EBOOK-SQL", 1, "FULFILLMENT")],
            items!.Items.Select(item => (item.Sku, item.Quantity, item.OrderStatus))
        );
        var ada = Assert.Single(summaries.Items, summary => summary.CustomerId == Shop.Ada);
        Assert.Equal((1L, 3L, (2L * 4550) + 1999), (ada.Orders, ada.Items, ada.TotalSpentCents));
        Assert.NotNull(ada.LastOrderAt);
        var grace = Assert.Single(summaries.Items, summary => summary.CustomerId == Shop.Grace);
        Assert.Equal((0L, 0L, 0L, null), (grace.Orders, grace.Items, grace.TotalSpentCents, grace.LastOrderAt));
    }

    [Fact]
    public async Task Pages_of_items_may_end_within_an_order()
    {
        await using var shop = await Shop.OpenAsync();
        for (var count = 0; count < 2; count++)
        {
            await MoveAsync(
                shop,
                await shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 1), ("EBOOK-SQL", 1), ("LAMP-DESK", 1)),
                OrderStatus.Fulfillment
            );
        }

        await shop.ProjectAsync();

        var found = new List<CustomerItem>();
        ItemCursor? cursor = null;
        do
        {
            var page = await shop.Get<CustomerReader>().ListItemsAsync(Shop.Ada, cursor, 2, Now);
            found.AddRange(page!.Items);
            cursor = page.Next;
        } while (cursor is not null);

        Assert.Equal(6, found.Distinct().Count());
        Assert.Equal(found.OrderByDescending(item => item.OrderId).ThenBy(item => item.LineNumber), found);
    }

    [Fact]
    public async Task An_unknown_customer_has_no_list_of_items_and_a_known_one_an_empty_list()
    {
        await using var shop = await Shop.OpenAsync();

        Assert.Null(await shop.Get<CustomerReader>().ListItemsAsync(Guid.CreateVersion7(), null, 10, Now));
        Assert.Empty((await shop.Get<CustomerReader>().ListItemsAsync(Shop.Ada, null, 10, Now))!.Items);
    }

    [Fact]
    public async Task Pages_of_summaries_hold_every_customer_once()
    {
        await using var shop = await Shop.OpenAsync();

        var first = await shop.Get<CustomerReader>().ListSummariesAsync(null, 3, Now);
        var second = await shop.Get<CustomerReader>().ListSummariesAsync(first.Next, 3, Now);

        Assert.Equal(["Ada", "Grace", "Linus", "Noor"], first.Items.Concat(second.Items).Select(summary => summary.Name));
        Assert.Null(second.Next);
    }

    // The reader's rules are about the status alone, so the way to it is left out.
    private static Task MoveAsync(Shop shop, AcceptedOrder order, OrderStatus status) =>
        shop.ExecuteAsync(
            """
            update orders.orders set status = @Status where order_id = @OrderId;
            insert into orders.projection_marks (order_id) values (@OrderId)
            """,
            new { order.OrderId, Status = status.WireName() }
        );
}
