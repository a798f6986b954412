using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Client;

namespace TemporalDelivery.Workflows.Tests.Deliveries;

/// <summary>A delivery that hears very much goes on in another run, and nobody notices.</summary>
public sealed class LongDeliveryTests
{
    [Fact]
    public async Task What_waits_and_what_is_known_goes_on_and_the_order_completes()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        var early = shop.Says(DeliveryEvents.Delivered);
        await delivery.SignalAsync(workflow => workflow.PartnerEventAsync(early));
        var before = await OpenShop.UntilAsync(delivery, view => view.WaitingEvents == 1);

        await shop.ContinueAsync(delivery);
        Assert.Equal(before, await delivery.QueryAsync(workflow => workflow.View()));
        await delivery.SignalAsync(workflow => workflow.PartnerEventAsync(early));
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.Delivered);
        await shop.ContinueAsync(delivery);
        await shop.ConfirmAsync(delivery);

        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
        Assert.Single(shop.Floor.Journal, "booked");
        Assert.Single(shop.Floor.Journal, "delivery DELIVERED by partner");
        Assert.DoesNotContain("stale DELIVERED", shop.Floor.Journal);
    }

    [Fact]
    public async Task An_order_can_still_be_cancelled()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        await shop.ContinueAsync(await shop.DeliveryAsync());

        await order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(new CancelOrder(Actor.Operator("jane"), "asked by phone")));

        Assert.Equal(OrderStatus.Cancelled, (await order.GetResultAsync()).Status);
        Assert.Contains("booking cancelled", shop.Floor.Journal);
    }

    [Fact]
    public async Task A_failure_that_an_operator_decides_about_goes_on_and_another_delivery_takes_over()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Failed, "DAMAGED");
        var before = await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PendingByOperator);

        await shop.ContinueAsync(delivery);

        Assert.Equal(before, await delivery.QueryAsync(workflow => workflow.View()));
        await shop.ResolveAsync(delivery, DeliveryResolution.Redeliver, goods: GoodsOutcome.Kept);
        var second = await shop.DeliveryAsync(2);
        await shop.BringAsync(second);
        await shop.ConfirmAsync(second);
        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
    }

    [Fact]
    public async Task Silence_counts_from_the_entry_into_the_state_whatever_run_that_was_in()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        var before = await shop.NowAsync();
        await shop.BringAsync(delivery);
        var delivered = await shop.NowAsync();
        await shop.PassAsync(TimeSpan.FromDays(4));

        await shop.ContinueAsync(delivery);

        Assert.Equal(DeliveryState.DeliveryConfirmed, (await delivery.GetResultAsync()).State);
        var confirmed = await shop.NowAsync();
        Assert.InRange(confirmed, before.AddDays(7), delivered.AddDays(7.1));
    }
}
