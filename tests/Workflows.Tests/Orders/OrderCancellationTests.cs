using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Workflows.Tests.Orders;

/// <summary>Orders that somebody stops.</summary>
public sealed class OrderCancellationTests
{
    private static readonly CancelOrder Regret = new(Actor.Customer(AnOrder.Ada), "changed my mind");

    [Fact]
    public async Task Before_the_pickup_everything_is_undone_in_reverse()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Vouchers["OLD"] = 500;

        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book(), AnOrder.Ebook()) with { VoucherCode = "OLD" });
        await shop.DeliveryAsync();
        var view = await order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret));

        Assert.Equal((OrderStatus.Cancelled, "changed my mind"), (view.Status, view.Reason));
        Assert.Equal(OrderStatus.Cancelled, (await order.GetResultAsync()).Status);
        Assert.Equal(
            [
                "booking cancelled",
                "delivery CANCELLED by customer",
                "revoked",
                "refunded",
                "voucher given back",
                "released",
                "order CANCELLED by customer (changed my mind)",
            ],
            shop.Floor.Journal.SkipWhile(entry => entry != "booking cancelled")
        );
    }

    [Fact]
    public async Task An_order_that_was_cancelled_before_it_was_begun_has_no_effect()
    {
        await using var shop = await OpenShop.OpenAsync();
        var input = AnOrder.Of(AnOrder.Book(), AnOrder.Ebook());
        shop.Floor.Rows[new OrderAttempt(input.OrderId, input.Attempt)] = OrderStatus.Cancelled;

        var order = await shop.PlaceAsync(input);
        var view = await order.GetResultAsync();

        Assert.Equal((OrderStatus.Cancelled, "changed my mind"), (view.Status, view.Reason));
        Assert.Empty(shop.Floor.Journal);
    }

    [Fact]
    public async Task While_a_payment_is_pending_it_is_voided()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Charge = ChargeOutcome.Pending;

        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()));
        await shop.UntilAsync(journal => journal.Contains("charged 1999"));
        var view = await order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret));

        Assert.Equal(OrderStatus.Cancelled, view.Status);
        Assert.Equal(["refunded", "released"], shop.Floor.Journal.SkipWhile(entry => entry != "refunded").Take(2));
    }

    [Fact]
    public async Task After_the_pickup_a_cancellation_is_refused_with_the_reason_and_changes_nothing()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PickedUp);
        var before = shop.Floor.Journal;

        var refusal = await OpenShop.RefusalOfAsync(() => order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret)));

        Assert.Equal("the partner has picked up the delivery (PICKED_UP)", refusal);
        Assert.Equal(before, shop.Floor.Journal);
        Assert.Equal(OrderStatus.Fulfillment, (await order.QueryAsync(workflow => workflow.View())).Status);
    }

    [Fact]
    public async Task When_the_partner_was_quicker_the_cancellation_is_refused_and_the_order_goes_on()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.CancellationRefusal = "the driver has it";
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();

        var refusal = await OpenShop.RefusalOfAsync(() => order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret)));
        await shop.BringAsync(delivery);
        await shop.ConfirmAsync(delivery);

        Assert.Equal("the partner has picked up the delivery: the driver has it", refusal);
        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
    }

    [Fact]
    public async Task Strangers_and_silent_people_cannot_cancel()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Charge = ChargeOutcome.Pending;
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()));
        var stranger = Actor.Customer(Guid.Empty);

        Assert.Equal(
            $"only the order's customer or an operator may cancel it, not {stranger}",
            await OpenShop.RefusalOfAsync(() =>
                order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(new CancelOrder(stranger, "envy")))
            )
        );
        Assert.Equal(
            "a cancellation needs a reason",
            await OpenShop.RefusalOfAsync(() =>
                order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(new CancelOrder(Actor.Operator("jane"), " ")))
            )
        );
    }

    [Fact]
    public async Task An_order_that_a_lost_step_has_completed_stays_so_and_nothing_is_undone()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Charge = ChargeOutcome.Pending;
        var input = AnOrder.Of(AnOrder.Ebook());
        var order = await shop.PlaceAsync(input);
        await shop.UntilAsync(journal => journal.Contains("charged 1999"));
        shop.Floor.Rows[new OrderAttempt(input.OrderId, input.Attempt)] = OrderStatus.Completed;

        var refusal = await OpenShop.RefusalOfAsync(() => order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret)));

        Assert.Equal("the order ended COMPLETED", refusal);
        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
        Assert.DoesNotContain("refunded", shop.Floor.Journal);
        Assert.DoesNotContain("released", shop.Floor.Journal);
    }

    [Fact]
    public async Task An_order_that_is_refused_while_somebody_cancels_it_has_FAILED_and_may_be_retried()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Short.Add("EBOOK");
        shop.Floor.Trouble("AdmitOrder", times: 5);
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()));

        var refusal = await OpenShop.RefusalOfAsync(() => order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret)));

        Assert.Equal("the order ended FAILED", refusal);
        Assert.Equal(OrderFailure.OutOfStock, (await OpenShop.FailureOfAsync(order)).ErrorType);
    }

    [Fact]
    public async Task A_cancellation_that_is_looked_at_together_with_the_pickup_before_it_is_refused()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Trouble("BookDelivery");
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        await shop.UntilAsync(journal => journal.Contains("delivery 1 created"));
        var delivery = shop.Client.GetWorkflowHandle<DeliveryWorkflow>(WorkflowIds.Delivery(shop.Floor.Deliveries[0].Id));
        await OpenShop.UntilAsync(order, view => view.DeliveryOrderId is not null);
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.Created);
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        var cancel = order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret));
        await OpenShop.UntilSignalledAsync(delivery, "Withdraw");

        shop.Floor.Mend("BookDelivery");
        await shop.PassAsync(TimeSpan.FromMinutes(5));

        Assert.Equal("the partner has picked up the delivery (PICKED_UP)", await OpenShop.RefusalOfAsync(() => cancel));
        Assert.DoesNotContain("booking cancelled", shop.Floor.Journal);
    }

    [Fact]
    public async Task A_delivery_that_is_cancelled_in_Temporal_before_the_pickup_is_cancelled_and_its_order_too()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();

        await delivery.CancelAsync();

        var view = await order.GetResultAsync();
        Assert.Equal((OrderStatus.Cancelled, "the workflow was cancelled in Temporal"), (view.Status, view.Reason));
        Assert.Contains("booking cancelled", shop.Floor.Journal);
    }

    [Fact]
    public async Task A_delivery_that_is_cancelled_in_Temporal_after_the_pickup_goes_on_and_an_operator_hears_of_it_once()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PickedUp);

        await delivery.CancelAsync();
        await shop.UntilAsync(journal => journal.Any(entry => entry.StartsWith("task CANCEL_REFUSED", StringComparison.Ordinal)));
        await delivery.CancelAsync();
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Delivered);
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.Delivered);
        await shop.ConfirmAsync(delivery);

        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
        Assert.Single(shop.Floor.Journal, entry => entry.StartsWith("task CANCEL_REFUSED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cancellation_that_meets_a_delivery_without_a_run_is_granted_when_another_run_has_taken_it_over()
    {
        await using var shop = await OpenShop.OpenAsync();
        var first = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        var id = shop.Floor.Deliveries[0].Id;
        var order = await shop.ResetAsync(first, toFirst: true);
        await OpenShop.UntilSignalledAsync(delivery, "ReportEnd");
        await shop.Client.GetWorkflowHandle(delivery.Id).TerminateAsync("by mistake");

        var cancel = order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret));
        await order.SignalAsync(workflow => workflow.DeliveryLostAsync(new LostDelivery(id)));

        Assert.Equal(OrderStatus.Cancelled, (await cancel).Status);
        Assert.Equal(OrderStatus.Cancelled, (await order.GetResultAsync()).Status);
        Assert.Contains("booking cancelled", shop.Floor.Journal);
        Assert.Contains("refunded", shop.Floor.Journal);
    }

    [Fact]
    public async Task A_delivery_whose_run_was_terminated_is_brought_to_its_end_by_another()
    {
        await using var shop = await OpenShop.OpenAsync();
        var first = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        var id = shop.Floor.Deliveries[0].Id;
        var order = await shop.ResetAsync(first, toFirst: true);
        await OpenShop.UntilSignalledAsync(delivery, "ReportEnd");
        await shop.Client.GetWorkflowHandle(delivery.Id).TerminateAsync("by mistake");

        await order.SignalAsync(workflow => workflow.DeliveryLostAsync(new LostDelivery(id)));
        var next = shop.Client.GetWorkflowHandle<DeliveryWorkflow>(delivery.Id);
        await UntilRunningAsync(next);
        await shop.PartnerSaysAsync(next, DeliveryEvents.PickedUp);
        await shop.PartnerSaysAsync(next, DeliveryEvents.Delivered);
        await OpenShop.UntilAsync(next, view => view.State == DeliveryState.Delivered);
        await shop.ConfirmAsync(next);

        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
        Assert.Single(shop.Floor.Journal, "booked");
    }

    [Fact]
    public async Task A_refused_cancellation_may_be_asked_for_again()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);

        for (var time = 0; time < 2; time++)
        {
            Assert.StartsWith(
                "the partner has picked up the delivery",
                await OpenShop.RefusalOfAsync(() => order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret))),
                StringComparison.Ordinal
            );
        }

        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Failed, "LOST");
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PendingByOperator);
        await shop.ResolveAsync(delivery, DeliveryResolution.Cancel, "it is gone", GoodsOutcome.Lost);
        var view = await order.GetResultAsync();

        Assert.Equal((OrderStatus.Cancelled, "it is gone"), (view.Status, view.Reason));
    }

    [Fact]
    public async Task What_another_run_of_the_attempt_has_charged_is_given_back_by_a_run_that_never_asked_for_it()
    {
        await using var shop = await OpenShop.OpenAsync();
        var input = AnOrder.Of(AnOrder.Ebook());
        await shop.Floor.ChargePaymentAsync(new ChargeRequest(input.OrderId, input.Attempt, 0));
        shop.Floor.Trouble("AdmitOrder", times: 5);
        var order = await shop.PlaceAsync(input);

        await order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret));

        Assert.Equal(["revoked", "refunded", "released"], shop.Floor.Journal.SkipWhile(entry => entry != "revoked").Take(3));
    }

    [Fact]
    public async Task A_cancellation_in_Temporal_that_was_refused_stays_so_when_the_parcel_is_sent_again()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var first = await shop.DeliveryAsync();
        await shop.PartnerSaysAsync(first, DeliveryEvents.PickedUp);
        await OpenShop.UntilAsync(first, view => view.State == DeliveryState.PickedUp);
        await order.CancelAsync();
        await OpenShop.UntilSignalledAsync(order, "WithdrawalRefused");

        await shop.PartnerSaysAsync(first, DeliveryEvents.Failed, "RECIPIENT_ABSENT");
        await OpenShop.UntilAsync(first, view => view.State == DeliveryState.PendingByOperator);
        await shop.ResolveAsync(first, DeliveryResolution.Redeliver, goods: GoodsOutcome.Returned);
        var second = await shop.DeliveryAsync(attempt: 2);
        await shop.BringAsync(second);
        await shop.ConfirmAsync(second);

        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
        Assert.Contains(
            "task CANCEL_REFUSED: the workflow was cancelled in Temporal, and the order goes on: "
                + "the partner has picked up the delivery (PICKED_UP)",
            shop.Floor.Journal
        );
    }

    [Fact]
    public async Task A_refusal_answers_the_request_that_it_is_of_and_no_later_one()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.CancellationRefusal = "the driver has it";
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await OpenShop.RefusalOfAsync(() =>
            order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret), new WorkflowUpdateOptions { Id = "first" })
        );
        shop.Floor.CancellationRefusal = null;
        shop.Floor.Trouble("CancelBooking", times: 3);
        var again = order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret));
        await OpenShop.UntilSignalledAsync(delivery, "Withdraw", times: 2);

        await order.SignalAsync(workflow =>
            workflow.WithdrawalRefusedAsync(new WithdrawalRefusal(shop.Floor.Deliveries[0].Id, "first", "told twice"))
        );

        Assert.Equal(OrderStatus.Cancelled, (await again).Status);
    }

    [Fact]
    public async Task A_CANCELLED_order_cannot_be_retried()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Charge = ChargeOutcome.Pending;
        var input = AnOrder.Of(AnOrder.Ebook());
        var order = await shop.PlaceAsync(input);
        await order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(Regret));
        await order.GetResultAsync();

        var again = input with { Attempt = 2 };

        await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(() =>
            shop.Client.StartWorkflowAsync(
                (OrderWorkflow workflow) => workflow.RunAsync(again),
                new WorkflowOptions(order.Id, TaskQueues.Orders) { IdReusePolicy = WorkflowIdReusePolicy.AllowDuplicateFailedOnly }
            )
        );
    }

    [Fact]
    public async Task A_workflow_cancelled_in_Temporal_undoes_everything_too()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        await shop.DeliveryAsync();

        await order.CancelAsync();

        Assert.Equal(OrderStatus.Cancelled, (await order.GetResultAsync()).Status);
        Assert.Equal(
            ["booking cancelled", "delivery CANCELLED", "refunded", "released", "order CANCELLED (the workflow was cancelled in Temporal)"],
            shop.Floor.Journal.SkipWhile(entry => entry != "booking cancelled")
        );
    }

    [Fact]
    public async Task Goods_handed_over_in_the_shop_complete_the_order_without_the_partner()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        await shop.DeliveryAsync();

        var view = await order.ExecuteUpdateAsync(workflow =>
            workflow.FulfillManuallyAsync(new ManualFulfillment(Actor.Operator("jane"), "at the counter"))
        );

        Assert.Equal(OrderStatus.Completed, view.Status);
        Assert.Equal(
            [
                "booking cancelled",
                "delivery CANCELLED by operator",
                "sold",
                "order COMPLETED by operator (at the counter)",
                "published order.completed",
            ],
            shop.Floor.Journal.SkipWhile(entry => entry != "booking cancelled")
        );
    }

    [Fact]
    public async Task Goods_that_the_partner_has_cannot_have_been_handed_over_in_the_shop()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PickedUp);

        var refusal = await OpenShop.FailureOfAsync(() =>
            order.ExecuteUpdateAsync(workflow =>
                workflow.FulfillManuallyAsync(new ManualFulfillment(Actor.Operator("jane"), "at the counter"))
            )
        );

        Assert.Equal(
            (OrderFailure.FulfillmentRefused, "the partner has picked up the delivery (PICKED_UP)"),
            (refusal.ErrorType, refusal.Message)
        );
    }

    [Fact]
    public async Task Only_an_operator_with_a_reason_hands_goods_over_in_the_shop()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        await shop.DeliveryAsync();

        Task HandOverAsync(Actor actor, string reason) =>
            order.ExecuteUpdateAsync(workflow => workflow.FulfillManuallyAsync(new ManualFulfillment(actor, reason)));

        Assert.Equal(
            [
                $"only an operator may fulfil an order by hand, not customer:{AnOrder.Ada}",
                "a manual fulfilment needs a reason",
            ],
            [
                await OpenShop.RefusalOfAsync(() => HandOverAsync(Actor.Customer(AnOrder.Ada), "I have it")),
                await OpenShop.RefusalOfAsync(() => HandOverAsync(Actor.Operator("jane"), " ")),
            ]
        );
    }

    private static async Task UntilRunningAsync(WorkflowHandle workflow)
    {
        while ((await workflow.DescribeAsync()).Status != WorkflowExecutionStatus.Running)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
