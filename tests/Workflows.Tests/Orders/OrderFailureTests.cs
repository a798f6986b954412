using TemporalDelivery.Workflows.Effects;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Workflows.Tests.Orders;

/// <summary>Orders that a business rule refuses, or that the world makes difficult.</summary>
public sealed class OrderFailureTests
{
    [Fact]
    public async Task What_changed_since_the_order_was_accepted_fails_it_with_every_fault()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Faults.Add(new("lines[0].sku", "NOT_ON_SALE", "EBOOK is not on sale"));
        shop.Floor.Faults.Add(new("customerId", "UNKNOWN_CUSTOMER", "there is no customer"));

        var failure = await OpenShop.FailureOfAsync(await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook())));

        Assert.Equal(OrderFailure.OrderInvalid, failure.ErrorType);
        Assert.Equal("lines[0].sku: EBOOK is not on sale; customerId: there is no customer", failure.Message);
        Assert.Equal(["order VALIDATING", $"order FAILED ({failure.Message})"], shop.Floor.Journal);
    }

    [Fact]
    public async Task An_order_that_is_out_of_stock_names_the_SKUs_and_charges_nothing()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Short.Add("BOOK");

        var failure = await OpenShop.FailureOfAsync(await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook(), AnOrder.Book())));

        Assert.Equal(OrderFailure.OutOfStock, failure.ErrorType);
        Assert.Equal("out of stock: BOOK", failure.Message);
        Assert.Equal(["order VALIDATING", "order INVENTORY_CHECK", "order FAILED (out of stock: BOOK)"], shop.Floor.Journal);
    }

    [Fact]
    public async Task A_declined_payment_releases_the_stock_and_gives_the_voucher_back()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Charge = ChargeOutcome.Declined;
        shop.Floor.Vouchers["OLD"] = 500;

        var failure = await OpenShop.FailureOfAsync(await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()) with { VoucherCode = "OLD" }));

        Assert.Equal(OrderFailure.PaymentDeclined, failure.ErrorType);
        Assert.Equal(
            ["reserved", "order PAYMENT_PROCESSING", "voucher redeemed", "voucher given back", "released", "order FAILED (no money)"],
            shop.Floor.Journal.SkipWhile(entry => entry != "reserved")
        );
    }

    [Fact]
    public async Task A_voucher_that_is_refused_fails_the_order_before_anything_is_charged()
    {
        await using var shop = await OpenShop.OpenAsync();

        var failure = await OpenShop.FailureOfAsync(await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()) with { VoucherCode = "FORGED" }));

        Assert.Equal(OrderFailure.OrderInvalid, failure.ErrorType);
        Assert.Equal("voucherCode: there is no such voucher", failure.Message);
        Assert.Equal("released", shop.Floor.Journal[^2]);
    }

    [Fact]
    public async Task A_FAILED_order_may_be_retried_as_a_new_attempt_under_the_same_workflow_id()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Short.Add("EBOOK");
        var order = AnOrder.Of(AnOrder.Ebook());
        await OpenShop.FailureOfAsync(await shop.PlaceAsync(order));
        shop.Floor.Short.Clear();

        var retry = await RetryAsync(shop, order with { Attempt = 2 });
        var view = await retry.GetResultAsync();

        Assert.Equal((2, OrderStatus.Completed), (view.Attempt, view.Status));
        await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(() => RetryAsync(shop, order with { Attempt = 3 }));
    }

    [Fact]
    public async Task A_step_that_fails_twice_is_retried_and_the_order_knows_nothing_of_it()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Trouble("ChargePayment", times: 2);

        var view = await (await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()))).GetResultAsync();

        Assert.Equal(OrderStatus.Completed, view.Status);
        Assert.Single(shop.Floor.Journal, entry => entry.StartsWith("charged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Infrastructure_that_stays_away_past_the_deadline_calls_an_operator_and_never_fails_the_order()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Trouble("AdmitOrder");

        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()));
        var result = order.GetResultAsync();
        await shop.UntilAsync(journal => journal.Contains("task STEP_OVERDUE: admit the order does not succeed: AdmitOrder is away"));
        Assert.False(result.IsCompleted);
        shop.Floor.Trouble("AdmitOrder", times: 0);

        Assert.Equal(OrderStatus.Completed, (await result).Status);
        Assert.Contains("task closed: it succeeded in the end", shop.Floor.Journal);
    }

    [Fact]
    public async Task A_bug_in_a_step_undoes_everything_that_was_done_and_perhaps_done()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Trouble("ChargePayment!");

        var failure = await OpenShop.FailureOfAsync(await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook())));

        Assert.Equal(OrderFailure.Unexpected, failure.ErrorType);
        Assert.Equal(
            ["order PAYMENT_PROCESSING", "refunded", "released", "order FAILED (ChargePayment has a bug)"],
            shop.Floor.Journal.SkipWhile(entry => entry != "order PAYMENT_PROCESSING")
        );
    }

    [Fact]
    public async Task A_delivery_workflow_that_is_terminated_by_hand_leaves_no_booking_and_no_charge_behind()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));

        await (await shop.DeliveryAsync()).TerminateAsync("wrong button");

        Assert.Equal(OrderFailure.Unexpected, (await OpenShop.FailureOfAsync(order)).ErrorType);
        Assert.Equal(
            ["booking cancelled", "refunded", "released"],
            shop.Floor.Journal.SkipWhile(entry => entry != "booking cancelled").Take(3)
        );
    }

    [Fact]
    public async Task What_cannot_be_undone_is_an_operators_task_and_the_rest_is_still_undone()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Trouble("ChargePayment!");
        shop.Floor.Trouble("RefundPayment!");

        await OpenShop.FailureOfAsync(await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook())));

        Assert.Equal(
            ["order PAYMENT_PROCESSING", "task UNDO_FAILED: undo: take the payment: RefundPayment has a bug", "released"],
            shop.Floor.Journal.SkipWhile(entry => entry != "order PAYMENT_PROCESSING").Take(3)
        );
    }

    [Fact]
    public async Task A_step_of_our_database_that_is_away_for_a_moment_costs_no_more_than_one_that_is_not()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Trouble("AdmitOrder", times: 2);

        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()));
        await order.GetResultAsync();

        Assert.Equal(["ChargePayment"], await ActivitiesOfAsync(order));
    }

    [Fact]
    public async Task A_step_of_our_database_that_stays_away_goes_on_as_an_ordinary_activity_of_the_same_name()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Trouble("CompleteOrder", times: 6);

        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()));

        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
        Assert.Equal(["ChargePayment", "CompleteOrder"], await ActivitiesOfAsync(order));
    }

    [Fact]
    public async Task A_bug_in_a_local_step_is_not_tried_again()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Trouble("AdmitOrder!");

        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()));

        Assert.Equal(OrderFailure.Unexpected, (await OpenShop.FailureOfAsync(order)).ErrorType);
        Assert.Empty(await ActivitiesOfAsync(order));
        Assert.Equal(["released", "order FAILED (AdmitOrder has a bug)"], shop.Floor.Journal);
    }

    [Fact]
    public async Task An_order_that_cannot_be_completed_waits_for_an_operator_and_nothing_is_undone()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Trouble("CompleteOrder!");
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()));
        await shop.UntilAsync(journal =>
            journal is [.., "task STEP_FAILED: complete the order does not succeed: CompleteOrder has a bug"]
        );
        shop.Floor.Mend("CompleteOrder!");

        await order.ExecuteUpdateAsync(workflow =>
            workflow.ReleaseStepAsync(
                new StepRelease("complete the order", StepReleaseAction.Retry, Actor.Operator("jane"), "deployed", null, null)
            )
        );

        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
        Assert.DoesNotContain("refunded", shop.Floor.Journal);
    }

    [Fact]
    public async Task An_order_that_cannot_be_closed_waits_for_an_operator_and_may_then_be_retried()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Charge = ChargeOutcome.Declined;
        shop.Floor.Trouble("CloseOrder!");
        var input = AnOrder.Of(AnOrder.Ebook());
        var order = await shop.PlaceAsync(input);
        await shop.UntilAsync(journal =>
            journal is [.., "task STEP_FAILED: close the order does not succeed: CloseOrder has a bug"]
        );
        shop.Floor.Mend("CloseOrder!");

        await order.ExecuteUpdateAsync(workflow =>
            workflow.ReleaseStepAsync(
                new StepRelease("close the order", StepReleaseAction.Retry, Actor.Operator("jane"), "deployed", null, null)
            )
        );

        Assert.Equal(OrderFailure.PaymentDeclined, (await OpenShop.FailureOfAsync(order)).ErrorType);
        await RetryAsync(shop, input with { Attempt = 2 });
    }

    /// <summary>The ordinary activities in the order's history: local ones leave a marker only.</summary>
    private static async Task<IReadOnlyList<string>> ActivitiesOfAsync(WorkflowHandle order) =>
        [
            .. (await order.FetchHistoryAsync())
                .Events.Where(e => e.EventType == EventType.ActivityTaskScheduled)
                .Select(e => e.ActivityTaskScheduledEventAttributes.ActivityType.Name),
        ];

    private static Task<WorkflowHandle<OrderWorkflow, OrderView>> RetryAsync(OpenShop shop, OrderInput order) =>
        shop.Client.StartWorkflowAsync(
            (OrderWorkflow workflow) => workflow.RunAsync(order),
            new WorkflowOptions(WorkflowIds.Order(order.OrderId), TaskQueues.Orders)
            {
                IdReusePolicy = WorkflowIdReusePolicy.AllowDuplicateFailedOnly,
            }
        );
}
