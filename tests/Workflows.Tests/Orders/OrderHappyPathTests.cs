using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Tests.Shop;

namespace TemporalDelivery.Workflows.Tests.Orders;

/// <summary>Orders that go well.</summary>
public sealed class OrderHappyPathTests
{
    [Fact]
    public async Task Ebooks_are_granted_at_once_and_never_get_a_delivery_order()
    {
        await using var shop = await OpenShop.OpenAsync();

        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()));
        var view = await order.GetResultAsync();

        Assert.Equal(OrderStatus.Completed, view.Status);
        Assert.Equal(0, view.DeliveryAttempt);
        Assert.Equal(
            [
                "order VALIDATING",
                "order INVENTORY_CHECK",
                "reserved",
                "order PAYMENT_PROCESSING",
                "charged 1999",
                "order FULFILLMENT",
                "granted 1",
                "sold",
                "order COMPLETED",
                "published order.completed",
            ],
            shop.Floor.Journal
        );
    }

    [Fact]
    public async Task Physical_lines_are_delivered_and_the_customer_confirms()
    {
        await using var shop = await OpenShop.OpenAsync();

        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await shop.BringAsync(delivery);
        var confirmed = await shop.ConfirmAsync(delivery);
        var view = await order.GetResultAsync();

        Assert.Equal(DeliveryState.DeliveryConfirmed, confirmed.State);
        Assert.Equal("P-1", confirmed.PartnerDeliveryNumber);
        Assert.Equal(OrderStatus.Completed, view.Status);
        Assert.Equal(
            [
                "order FULFILLMENT",
                "delivery 1 created",
                "booked",
                "delivery PICKED_UP by partner",
                "delivery DELIVERED by partner",
                "delivery DELIVERY_CONFIRMED by customer",
                "published delivery.confirmed",
                "sold",
                "order COMPLETED",
                "published order.completed",
            ],
            shop.Floor.Journal.SkipWhile(entry => entry != "order FULFILLMENT")
        );
    }

    [Fact]
    public async Task An_order_of_both_grants_its_ebooks_before_it_delivers_its_books()
    {
        await using var shop = await OpenShop.OpenAsync();

        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book(2), AnOrder.Ebook()));
        var delivery = await shop.DeliveryAsync();
        Assert.Contains("granted 1", shop.Floor.Journal);
        await shop.BringAsync(delivery);
        await shop.ConfirmAsync(delivery);

        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
    }

    [Fact]
    public async Task Seven_days_of_silence_after_the_delivery_confirm_it()
    {
        await using var shop = await OpenShop.OpenAsync();

        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        await shop.BringAsync(await shop.DeliveryAsync());
        var delivered = await shop.NowAsync();
        var view = await order.GetResultAsync();

        Assert.Equal(OrderStatus.Completed, view.Status);
        Assert.InRange(await shop.NowAsync() - delivered, TimeSpan.FromDays(6.99), TimeSpan.FromDays(7.1));
        Assert.Equal(
            ["partner asked", "delivery DELIVERY_CONFIRMED"],
            shop.Floor.Journal.SkipWhile(entry => entry != "partner asked").Take(2)
        );
    }

    [Fact]
    public async Task A_voucher_is_redeemed_before_the_charge_and_takes_its_amount_off()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Vouchers["OLD"] = 500;

        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()) with { VoucherCode = "OLD" });
        var view = await order.GetResultAsync();

        Assert.Equal((OrderStatus.Completed, 500), (view.Status, view.DiscountCents));
        Assert.Equal(["voucher redeemed", "charged 1499"], shop.Floor.Journal.SkipWhile(entry => entry != "voucher redeemed").Take(2));
    }
}
