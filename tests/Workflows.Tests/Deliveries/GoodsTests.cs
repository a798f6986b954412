using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Client;

namespace TemporalDelivery.Workflows.Tests.Deliveries;

/// <summary>Whoever gives up a parcel that has left says what became of its goods.</summary>
public sealed class GoodsTests
{
    [Theory]
    [InlineData(DeliveryResolution.Cancel, "CANCEL")]
    [InlineData(DeliveryResolution.Redeliver, "REDELIVER")]
    public async Task A_parcel_that_had_left_is_not_given_up_before_it_is_said_what_became_of_its_goods(
        DeliveryResolution resolution,
        string name
    )
    {
        await using var shop = await OpenShop.OpenAsync();
        await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await FailAsync(shop, delivery);

        Assert.Equal(
            $"the partner has picked up the delivery: {name} has to say what became of the goods (RETURNED, LOST, KEPT)",
            await OpenShop.RefusalOfAsync(() => shop.ResolveAsync(delivery, resolution))
        );
        await shop.ResolveAsync(delivery, resolution, goods: GoodsOutcome.Kept);

        Assert.Contains("goods KEPT", shop.Floor.Journal);
    }

    [Fact]
    public async Task A_confirmation_says_nothing_of_the_goods()
    {
        await using var shop = await OpenShop.OpenAsync();
        await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await FailAsync(shop, delivery);

        Assert.Equal(
            "CONFIRM_WITH_PROOF says nothing of the goods",
            await OpenShop.RefusalOfAsync(() =>
                shop.ResolveAsync(delivery, DeliveryResolution.ConfirmWithProof, goods: GoodsOutcome.Returned)
            )
        );
        await shop.ResolveAsync(delivery, DeliveryResolution.ConfirmWithProof);
    }

    [Theory]
    [InlineData(DeliveryResolution.Cancel, "CANCEL")]
    [InlineData(DeliveryResolution.Redeliver, "REDELIVER")]
    public async Task Of_goods_that_never_left_nothing_is_said(DeliveryResolution resolution, string name)
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.BookingRefusal = "unknown postcode";
        await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PendingByOperator);

        Assert.Equal(
            $"the partner has not picked up the delivery: {name} says nothing of the goods",
            await OpenShop.RefusalOfAsync(() => shop.ResolveAsync(delivery, resolution, goods: GoodsOutcome.Lost))
        );
        await shop.ResolveAsync(delivery, resolution);

        Assert.DoesNotContain(shop.Floor.Journal, entry => entry.StartsWith("goods", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_parcel_that_the_partner_does_not_give_up_has_left_whatever_we_were_told()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.CancellationRefusal = "the driver has it";
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        var result = order.GetResultAsync();
        await shop.UntilAsync(journal => journal.Contains("task DELIVERY_PENDING: delivery attempt 1 failed: PICKUP_OVERDUE"));

        Assert.Equal(
            "the partner has picked up the delivery: CANCEL has to say what became of the goods (RETURNED, LOST, KEPT): the driver has it",
            await OpenShop.RefusalOfAsync(() => shop.ResolveAsync(delivery, DeliveryResolution.Cancel))
        );
        await shop.ResolveAsync(delivery, DeliveryResolution.Cancel, "it is gone", GoodsOutcome.Lost);

        Assert.Equal(OrderStatus.Cancelled, (await result).Status);
        Assert.Contains("goods LOST", shop.Floor.Journal);
    }

    [Fact]
    public async Task A_redelivery_whose_goods_are_short_is_refused_and_the_operator_decides_otherwise()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book(), AnOrder.Ebook()));
        var delivery = await shop.DeliveryAsync();
        await FailAsync(shop, delivery);
        shop.Floor.Short.Add("BOOK");

        Assert.Equal(
            "out of stock for a redelivery: BOOK",
            await OpenShop.RefusalOfAsync(() => shop.ResolveAsync(delivery, DeliveryResolution.Redeliver, goods: GoodsOutcome.Lost))
        );
        Assert.Equal(DeliveryState.PendingByOperator, (await delivery.QueryAsync(workflow => workflow.View())).State);
        Assert.DoesNotContain("goods LOST", shop.Floor.Journal);
        shop.Floor.Short.Clear();
        await shop.ResolveAsync(delivery, DeliveryResolution.Redeliver, goods: GoodsOutcome.Lost);
        var second = await shop.DeliveryAsync(attempt: 2);
        await shop.BringAsync(second);
        await shop.ConfirmAsync(second);

        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
    }

    [Fact]
    public async Task An_order_is_neither_cancelled_nor_handed_over_past_an_operator_who_has_to_say_what_became_of_the_goods()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await FailAsync(shop, delivery);
        var jane = Actor.Operator("jane");

        var cancel = await OpenShop.RefusalOfAsync(() =>
            order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(new CancelOrder(jane, "no more")))
        );
        var handOver = await OpenShop.RefusalOfAsync(() =>
            order.ExecuteUpdateAsync(workflow => workflow.FulfillManuallyAsync(new ManualFulfillment(jane, "here it is")))
        );

        Assert.Equal("the partner has picked up the delivery (PENDING_BY_OPERATOR)", cancel);
        Assert.Equal(cancel, handOver);
        await shop.ResolveAsync(delivery, DeliveryResolution.Cancel, goods: GoodsOutcome.Returned);
        Assert.Equal(OrderStatus.Cancelled, (await order.GetResultAsync()).Status);
    }

    [Fact]
    public async Task A_customer_may_cancel_while_an_operator_is_to_decide_about_a_parcel_that_never_left()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.BookingRefusal = "unknown postcode";
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PendingByOperator);

        await order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(new CancelOrder(Actor.Customer(AnOrder.Ada), "changed my mind")));

        Assert.Equal(OrderStatus.Cancelled, (await order.GetResultAsync()).Status);
        Assert.Contains("released", shop.Floor.Journal);
    }

    [Fact]
    public async Task What_is_out_when_an_order_is_undone_without_an_operators_word_stays_in_transit_and_a_task_says_so()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.CancellationRefusal = "the driver has it";
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PickedUp);

        await delivery.TerminateAsync("by mistake");
        await OpenShop.FailureOfAsync(order);

        Assert.Contains("goods stay in transit", shop.Floor.Journal);
        Assert.Contains(shop.Floor.Journal, entry =>
            entry.StartsWith("task UNDO_FAILED", StringComparison.Ordinal)
            && entry.EndsWith("the driver has it; its goods stay in transit", StringComparison.Ordinal)
        );
    }

    private static async Task FailAsync(OpenShop shop, WorkflowHandle<DeliveryWorkflow> delivery)
    {
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Failed, "DAMAGED");
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PendingByOperator);
    }
}
