using System.Text.Json.Nodes;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Tests;

public sealed class CompletionTests
{
    [Fact]
    public async Task The_stock_is_sold_and_others_hear_of_it_with_the_same_commit_and_once()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PaidAsync(("BOOK-DDIA", 2), ("EBOOK-SQL", 1));

        var standings = await ShopSteps.AtOnceAsync(6, () => shop.CompleteAsync(order));
        var left = await shop.PictureAsync();
        await shop.CompleteAsync(order, new ManualFulfillment(Actor.Operator("jane"), "handed over"));

        Assert.All(standings, standing => Assert.Equal(OrderStatus.Completed, standing.Status));
        Assert.Equal(left, await shop.PictureAsync());
        Assert.Equal((2, 0), await shop.StockAsync("BOOK-DDIA"));
        Assert.Equal((1, 0), await shop.StockAsync("EBOOK-SQL"));
        Assert.Equal("FULFILLMENT COMPLETED FULFILLED system", (await shop.HistoryAsync(order))[^1]);
        var (topic, aggregate, payload) = await shop.SingleAsync<(string, Guid, string)>(
            "select topic, aggregate_id, payload::text from messages.outbox where topic <> 'order.accepted'"
        );
        Assert.Equal(("order.completed", order.OrderId), (topic, aggregate));
        var expected = JsonNode.Parse(
            $$"""
            {"orderId":"{{order.OrderId}}","customerId":"{{order.CustomerId}}","attempt":1,"totalCents":11099,"discountCents":0,"lines":[
                {"sku":"BOOK-DDIA","name":"Designing Data-Intensive Applications","quantity":2,"unitPriceCents":4550,"kind":"PHYSICAL"},
                {"sku":"EBOOK-SQL","name":"SQL in practice (e-book)","quantity":1,"unitPriceCents":1999,"kind":"DIGITAL"}]}
            """
        );
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(payload)), payload);
    }

    [Fact]
    public async Task Goods_handed_over_in_the_shop_are_said_by_whom_and_why()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PaidAsync(("BOOK-DDIA", 2));

        await shop.CompleteAsync(order, new ManualFulfillment(Actor.Operator("jane"), "handed over"));

        Assert.Equal("FULFILLMENT COMPLETED FULFILLED_MANUALLY operator:jane", (await shop.HistoryAsync(order))[^1]);
        Assert.Equal(("COMPLETED", false, null, "handed over"), await shop.StandingAsync(order));
        await shop.ProjectAsync();
        var document = await shop.Get<StatusReader>().FindOrderAsync(order.OrderId, TestContext.Current.CancellationToken);
        Assert.Contains("\"failure\": null", document!.Json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Goods_of_which_nothing_was_held_are_an_operators()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PaidAsync(("BOOK-DDIA", 2), ("EBOOK-SQL", 1));
        await shop.ExecuteAsync("update orders.reservations set state = 'RELEASED' where parcel = 1");

        await ShopSteps.AtOnceAsync(3, () => shop.CompleteAsync(order));

        Assert.Equal(
            ["STOCK_NOT_COMMITTED the order is complete, but nothing was held of BOOK-DDIA"],
            await shop.ListAsync<string>("select kind || ' ' || detail from orders.operator_tasks")
        );
    }

    [Fact]
    public async Task An_order_that_is_not_paid_is_not_completed_and_says_where_it_stands()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        var left = await shop.PictureAsync();

        Assert.Equal(OrderStatus.PaymentProcessing, (await shop.CompleteAsync(order)).Status);

        Assert.Equal(left, await shop.PictureAsync());
    }
}
