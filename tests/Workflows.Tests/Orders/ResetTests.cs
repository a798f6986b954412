using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Workflows.Tests.Orders;

/// <summary>Orders whose workflow was reset, terminated or deleted with Temporal's own tools.</summary>
public sealed class ResetTests
{
    private static readonly CancelOrder Regret = new(Actor.Customer(AnOrder.Ada), "changed my mind");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_order_that_is_reset_while_its_parcel_travels_goes_on_to_its_end(bool toFirst)
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Vouchers["OLD"] = 500;
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book(), AnOrder.Ebook()) with { VoucherCode = "OLD" });
        var delivery = await shop.DeliveryAsync();
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await shop.UntilAsync(journal => journal.Contains("delivery PICKED_UP by partner"));

        var run = await shop.ResetAsync(order, toFirst);
        await OpenShop.UntilAsync(run, view => view.DeliveryOrderId is not null);
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Delivered);
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.Delivered);
        await shop.ConfirmAsync(delivery);

        Assert.Equal(OrderStatus.Completed, (await run.GetResultAsync()).Status);
        Assert.Equal(1, shop.Floor.Journal.Count(entry => entry.StartsWith("charged", StringComparison.Ordinal)));
        Assert.Equal(1, shop.Floor.Journal.Count(entry => entry == "booked"));
        Assert.Single(shop.Floor.Deliveries);
        Assert.DoesNotContain("refunded", shop.Floor.Journal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancellation_that_was_refused_after_the_pickup_stays_refused_after_a_reset(bool toFirst)
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Vouchers["OLD"] = 500;
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()) with { VoucherCode = "OLD" });
        var delivery = await shop.DeliveryAsync();
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await shop.UntilAsync(journal => journal.Contains("delivery PICKED_UP by partner"));
        var refusal = await OpenShop.RefusalOfAsync(() => order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret)));

        var run = await shop.ResetAsync(order, toFirst);
        if (toFirst)
        {
            // A run that has not started the delivery. Its signal may come while the delivery ends, and fail the confirmation's task.
            await OpenShop.UntilSignalledAsync(delivery, "ReportEnd");
        }

        await shop.BringAsync(delivery);
        await shop.ConfirmAsync(delivery);

        Assert.Equal("the partner has picked up the delivery (PICKED_UP)", refusal);
        Assert.Equal(OrderStatus.Completed, (await run.GetResultAsync()).Status);
        Assert.DoesNotContain("refunded", shop.Floor.Journal);
        Assert.DoesNotContain("voucher given back", shop.Floor.Journal);
    }

    [Fact]
    public async Task A_cancellation_of_an_order_that_was_reset_is_the_deliverys_to_grant()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        await shop.DeliveryAsync();

        var run = await shop.ResetAsync(order, toFirst: true);
        var view = await run.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret));

        Assert.Equal(OrderStatus.Cancelled, view.Status);
        Assert.Equal(OrderStatus.Cancelled, (await run.GetResultAsync()).Status);
        Assert.Equal(
            ["booking cancelled", "delivery CANCELLED by customer", "refunded", "released"],
            shop.Floor.Journal.SkipWhile(entry => entry != "booking cancelled").Take(4)
        );
    }

    [Fact]
    public async Task An_order_that_is_reset_to_before_a_redelivery_follows_both_of_its_deliveries()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var first = await shop.DeliveryAsync();
        await shop.PartnerSaysAsync(first, DeliveryEvents.Rejected);
        await shop.UntilAsync(journal => journal.Any(entry => entry.StartsWith("task DELIVERY_PENDING", StringComparison.Ordinal)));
        await shop.ResolveAsync(first, DeliveryResolution.Redeliver);
        var second = await shop.DeliveryAsync(attempt: 2);

        var run = await shop.ResetAsync(order, toFirst: true);
        await OpenShop.UntilAsync(run, view => view.DeliveryAttempt == 2);
        await shop.BringAsync(second);
        await shop.ConfirmAsync(second);

        Assert.Equal(OrderStatus.Completed, (await run.GetResultAsync()).Status);
        Assert.Equal(2, shop.Floor.Deliveries.Count);
        Assert.Equal(2, shop.Floor.Journal.Count(entry => entry == "booked"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_finished_order_that_is_reset_stays_as_it_is(bool toFirst)
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await shop.BringAsync(delivery);
        await shop.ConfirmAsync(delivery);
        await order.GetResultAsync();
        var before = shop.Floor.Journal;

        var run = await shop.ResetAsync(order, toFirst);

        Assert.Equal(OrderStatus.Completed, (await run.GetResultAsync()).Status);
        Assert.Equal(before, shop.Floor.Journal);
    }

    [Fact]
    public async Task A_cancelled_order_that_is_reset_stays_cancelled()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        await shop.DeliveryAsync();
        await order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret));
        await order.GetResultAsync();
        var before = shop.Floor.Journal;

        var run = await shop.ResetAsync(order, toFirst: true);

        Assert.Equal(OrderStatus.Cancelled, (await run.GetResultAsync()).Status);
        Assert.Equal(before, shop.Floor.Journal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_terminated_order_leaves_its_parcel_travelling_and_a_new_run_follows_it_to_its_end(bool endsBefore)
    {
        await using var shop = await OpenShop.OpenAsync();
        var input = AnOrder.Of(AnOrder.Book());
        var order = await shop.PlaceAsync(input);
        var delivery = await shop.DeliveryAsync();
        await order.TerminateAsync("wrong button");
        await shop.BringAsync(delivery);
        if (endsBefore)
        {
            await shop.ConfirmAsync(delivery);
            await delivery.GetResultAsync<DeliveryView>();
        }

        var resumed = await shop.PlaceAsync(input);
        if (!endsBefore)
        {
            await OpenShop.UntilSignalledAsync(delivery, "ReportEnd");
            await shop.ConfirmAsync(delivery);
        }

        Assert.Equal(OrderStatus.Completed, (await resumed.GetResultAsync()).Status);
        Assert.Equal(1, shop.Floor.Journal.Count(entry => entry.StartsWith("charged", StringComparison.Ordinal)));
        Assert.Equal(1, shop.Floor.Journal.Count(entry => entry == "booked"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(OrderFailure.Unexpected)]
    [InlineData(OrderFailure.PaymentDeclined)]
    [InlineData(OrderFailure.OrderInvalid)]
    public async Task An_undo_that_another_run_has_begun_is_finished_and_ends_as_that_would_have(string? failure)
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Begun = (failure is null ? Regret.Actor : Actor.System, failure);

        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()) with { VoucherCode = "OLD" });

        if (failure is null)
        {
            Assert.Equal(OrderStatus.Cancelled, (await order.GetResultAsync()).Status);
        }
        else
        {
            Assert.Equal(failure, (await OpenShop.FailureOfAsync(order)).ErrorType);
        }

        Assert.Equal(["voucher given back", "released"], shop.Floor.Journal.Take(2));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(OrderFailure.PaymentTimedOut)]
    public async Task An_order_that_is_reset_to_its_last_wait_while_it_is_undone_ends_as_its_row_says(string? failure)
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Charge = ChargeOutcome.Pending;
        shop.Floor.Trouble("RefundPayment");
        var input = AnOrder.Of(AnOrder.Ebook());
        var order = await shop.PlaceAsync(input);
        await OpenShop.UntilAsync(order, view => view.PaymentId is not null);
        var waiting = (await OpenShop.TasksAsync(order))[^1];
        if (failure is null)
        {
            await order.CancelAsync();
        }
        else
        {
            await shop.PassAsync(new OrderOptions().PaymentDeadline);
        }

        await OpenShop.UntilAsync(order, view => view.CancelRefusal == "the order is being undone");
        var run = await shop.ResetToAsync(order, waiting);
        shop.Floor.Mend("RefundPayment");
        await run.SignalAsync(workflow =>
            workflow.PaymentEventAsync(new PaymentEvent("e-1", $"pay-{input.OrderId}", ChargeOutcome.Declined, "no money"))
        );

        if (failure is null)
        {
            var end = await run.GetResultAsync();
            Assert.Equal((OrderStatus.Cancelled, "the workflow was cancelled in Temporal"), (end.Status, end.Reason));
        }
        else
        {
            Assert.Equal(failure, (await OpenShop.FailureOfAsync(run)).ErrorType);
        }
    }

    [Fact]
    public async Task Goods_that_are_being_handed_over_in_the_shop_are_handed_over_after_a_reset_too()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        shop.Floor.Trouble("CancelBooking");
        await order.StartUpdateAsync(
            workflow => workflow.FulfillManuallyAsync(new ManualFulfillment(Actor.Operator("jane"), "at the counter")),
            new WorkflowUpdateStartOptions(WorkflowUpdateStage.Accepted)
        );
        await OpenShop.UntilSignalledAsync(delivery, "Withdraw");

        var run = await shop.ResetAsync(order, toFirst: true);
        shop.Floor.Mend("CancelBooking");

        Assert.Equal(OrderStatus.Completed, (await run.GetResultAsync()).Status);
        Assert.Contains("order COMPLETED by operator (at the counter)", shop.Floor.Journal);
        Assert.DoesNotContain("refunded", shop.Floor.Journal);
    }

    [Fact]
    public async Task A_delivery_that_is_reset_goes_on_where_its_row_stands()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await shop.BringAsync(delivery);

        await shop.ResetAsync(delivery, toFirst: true);
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.Delivered);
        await shop.ConfirmAsync(delivery);

        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
        Assert.Equal(1, shop.Floor.Journal.Count(entry => entry == "booked"));
        Assert.Equal(1, shop.Floor.Journal.Count(entry => entry == "delivery DELIVERED by partner"));
    }

    [Fact]
    public async Task An_update_of_an_order_that_is_over_is_refused_and_changes_nothing()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()));
        await order.GetResultAsync();
        var before = shop.Floor.Journal;

        var failure = await Assert.ThrowsAsync<RpcException>(() => order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret)));

        Assert.Equal(RpcException.StatusCode.NotFound, failure.Code);
        Assert.Equal(before, shop.Floor.Journal);
    }
}
