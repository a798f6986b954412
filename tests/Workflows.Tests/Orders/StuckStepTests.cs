using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Effects;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Client;

namespace TemporalDelivery.Workflows.Tests.Orders;

/// <summary>Steps that do not succeed, and what an operator makes of them.</summary>
public sealed class StuckStepTests
{
    private static readonly Actor Jane = Actor.Operator("jane");

    [Fact]
    public async Task A_step_that_is_tried_again_now_and_is_stuck_again_calls_an_operator_again()
    {
        await using var shop = await OpenShop.OpenAsync();
        var (order, result) = await StuckAsync(shop, "ChargePayment", "charge the payment");

        await ReleaseAsync(order, "charge the payment", StepReleaseAction.Retry);
        await shop.UntilAsync(journal =>
            journal.Count(entry => entry == "task STEP_OVERDUE: charge the payment does not succeed: ChargePayment is away") == 2
        );
        shop.Floor.Trouble("ChargePayment", times: 0);

        Assert.Equal(OrderStatus.Completed, (await result).Status);
        Assert.Contains("task closed: RETRY: called them", shop.Floor.Journal);
        Assert.Single(shop.Floor.Journal, "charged 1999");
    }

    [Fact]
    public async Task A_charge_that_an_operator_knows_to_be_settled_is_written_down_and_the_order_goes_on()
    {
        await using var shop = await OpenShop.OpenAsync();
        var (order, result) = await StuckAsync(shop, "ChargePayment", "charge the payment");

        await ReleaseAsync(order, "charge the payment", StepReleaseAction.Skip, "SETTLED", "pay_77");

        Assert.Equal(OrderStatus.Completed, (await result).Status);
        Assert.Contains("payment SETTLED", shop.Floor.Journal);
        Assert.Contains("task closed: SKIP as SETTLED: called them", shop.Floor.Journal);
    }

    [Fact]
    public async Task A_charge_that_an_operator_knows_to_be_declined_fails_the_order()
    {
        await using var shop = await OpenShop.OpenAsync();
        var (order, result) = await StuckAsync(shop, "ChargePayment", "charge the payment");

        await ReleaseAsync(order, "charge the payment", StepReleaseAction.Skip, "DECLINED");

        Assert.Equal(OrderFailure.PaymentDeclined, (await OpenShop.FailureOfAsync(result)).ErrorType);
        Assert.Contains("payment DECLINED", shop.Floor.Journal);
        Assert.Equal("order FAILED (called them)", shop.Floor.Journal[^1]);
    }

    [Fact]
    public async Task A_step_that_an_operator_declares_failed_undoes_everything()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Vouchers["OLD"] = 500;
        var (order, result) = await StuckAsync(
            shop,
            "ChargePayment",
            "charge the payment",
            AnOrder.Of(AnOrder.Ebook()) with
            {
                VoucherCode = "OLD",
            }
        );

        await ReleaseAsync(order, "charge the payment", StepReleaseAction.Fail);

        Assert.Equal(OrderFailure.Unexpected, (await OpenShop.FailureOfAsync(result)).ErrorType);
        Assert.Equal(
            [
                "task closed: FAIL: called them",
                "refunded",
                "voucher given back",
                "released",
                "order FAILED (charge the payment: called them)",
            ],
            shop.Floor.Journal.SkipWhile(entry => entry != "task closed: FAIL: called them")
        );
    }

    [Fact]
    public async Task A_step_that_fails_for_good_while_an_operator_is_called_undoes_everything()
    {
        await using var shop = await OpenShop.OpenAsync();
        var (_, result) = await StuckAsync(shop, "ChargePayment", "charge the payment");

        shop.Floor.Trouble("ChargePayment!");
        shop.Floor.Trouble("ChargePayment", times: 0);

        Assert.Equal(OrderFailure.Unexpected, (await OpenShop.FailureOfAsync(result)).ErrorType);
        Assert.Contains("task closed: it failed for good: ChargePayment has a bug", shop.Floor.Journal);
        Assert.Contains("refunded", shop.Floor.Journal);
    }

    [Fact]
    public async Task A_booking_that_fails_for_good_while_an_operator_is_called_still_waits_for_one()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Trouble("BookDelivery");
        var delivery = await shop.DeliverAsync();
        var result = delivery.GetResultAsync();
        await shop.UntilAsync(journal => journal.Contains("task STEP_OVERDUE: book the partner does not succeed: BookDelivery is away"));

        shop.Floor.Trouble("BookDelivery!");
        shop.Floor.Trouble("BookDelivery", times: 0);
        await shop.UntilAsync(journal => journal.Contains("task STEP_FAILED: book the partner does not succeed: BookDelivery has a bug"));
        await delivery.ExecuteUpdateAsync(workflow =>
            workflow.ReleaseStepAsync(new StepRelease("book the partner", StepReleaseAction.Skip, Jane, "by telephone", "BOOKED", null))
        );

        Assert.Contains("task closed: it failed for good: BookDelivery has a bug", shop.Floor.Journal);
        await shop.ResolveAsync(delivery, DeliveryResolution.Cancel);
        Assert.Equal(DeliveryState.Cancelled, (await result).State);
    }

    [Theory]
    [InlineData(StepReleaseAction.Retry, "SETTLED", null, "outcome: only SKIP has one, not RETRY")]
    [InlineData(StepReleaseAction.Skip, null, null, "outcome: 'charge the payment' can have come to SETTLED or DECLINED, not to ''")]
    [InlineData(StepReleaseAction.Skip, "SETTLED", " ", "reference: SETTLED needs the other side's id of it")]
    [InlineData((StepReleaseAction)9, null, null, "action: 9 is not possible, possible now: RETRY, SKIP, FAIL")]
    public async Task A_release_that_says_too_little_or_too_much_is_refused(
        StepReleaseAction action,
        string? outcome,
        string? reference,
        string refusal
    )
    {
        await using var shop = await OpenShop.OpenAsync();
        var (order, result) = await StuckAsync(shop, "ChargePayment", "charge the payment");
        var release = new StepRelease("charge the payment", action, Jane, "called them", outcome, reference);

        var said = await RefusalAsync(order, release);
        await ReleaseAsync(order, "charge the payment", StepReleaseAction.Fail);
        await OpenShop.FailureOfAsync(result);

        Assert.Contains(refusal, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_undo_that_does_not_succeed_holds_up_none_behind_it_and_an_operator_may_have_done_it()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Trouble("ChargePayment!");
        shop.Floor.Trouble("RefundPayment");
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()));
        var result = order.GetResultAsync();
        await shop.UntilAsync(journal => journal.Contains("order FAILED (ChargePayment has a bug)"));
        Assert.Contains("task STEP_OVERDUE: refund the payment does not succeed: RefundPayment is away", shop.Floor.Journal);

        await ReleaseAsync(order, "refund the payment", StepReleaseAction.Skip, "DONE");

        Assert.Equal(OrderFailure.Unexpected, (await OpenShop.FailureOfAsync(result)).ErrorType);
        Assert.Contains("refund written down", shop.Floor.Journal);
    }

    [Theory]
    [InlineData("BOOKED", DeliveryState.Created)]
    [InlineData("REJECTED", DeliveryState.PendingByOperator)]
    public async Task A_delivery_whose_booking_cannot_succeed_waits_for_an_operator(string outcome, DeliveryState state)
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Trouble("BookDelivery!");
        var delivery = await shop.DeliverAsync();
        await shop.UntilAsync(journal => journal.Contains("task STEP_FAILED: book the partner does not succeed: BookDelivery has a bug"));

        await delivery.ExecuteUpdateAsync(workflow =>
            workflow.ReleaseStepAsync(new StepRelease("book the partner", StepReleaseAction.Skip, Jane, "by telephone", outcome, null))
        );

        await OpenShop.UntilAsync(delivery, view => view.State == state);
        await shop.BringOrResolveAsync(delivery, state);
        Assert.Equal(DeliveryState.DeliveryConfirmed, (await delivery.GetResultAsync()).State);
    }

    [Fact]
    public async Task A_delivery_whose_record_has_a_bug_waits_for_an_operator_and_goes_on_when_it_is_mended()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        shop.Floor.Trouble("RecordDeliveryMoves!");
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await shop.UntilAsync(journal =>
            journal.Contains("task STEP_FAILED: record PICKED_UP does not succeed: RecordDeliveryMoves has a bug")
        );
        Assert.Equal(DeliveryState.Created, (await delivery.QueryAsync(workflow => workflow.View())).State);
        shop.Floor.Mend("RecordDeliveryMoves!");

        await delivery.ExecuteUpdateAsync(workflow =>
            workflow.ReleaseStepAsync(new StepRelease("record PICKED_UP", StepReleaseAction.Retry, Jane, "deployed", null, null))
        );

        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PickedUp);
    }

    [Fact]
    public async Task A_decision_that_is_not_possible_is_refused_and_says_which_are()
    {
        await using var shop = await OpenShop.OpenAsync();
        var quiet = await shop.DeliverAsync();
        var (order, _) = await StuckAsync(shop, "ChargePayment", "charge the payment");
        var before = shop.Floor.Journal;

        Assert.Equal(
            "step: no step waits for an operator",
            await OpenShop.RefusalOfAsync(() =>
                quiet.ExecuteUpdateAsync(workflow =>
                    workflow.ReleaseStepAsync(new StepRelease("book the partner", StepReleaseAction.Retry, Jane, "now", null, null))
                )
            )
        );
        Assert.Equal(
            "step: 'deliver' does not wait for an operator; waiting: 'charge the payment'",
            await RefusalAsync(order, new("deliver", StepReleaseAction.Retry, Jane, "now"))
        );
        Assert.Equal(
            $"actor: only an operator may release a step, not {Actor.Customer(AnOrder.Ada)}",
            await RefusalAsync(order, new("charge the payment", StepReleaseAction.Skip, Actor.Customer(AnOrder.Ada), "please", "SETTLED"))
        );
        Assert.Equal(
            "reason: a release needs one",
            await RefusalAsync(order, new("charge the payment", StepReleaseAction.Fail, Jane, " "))
        );
        Assert.Equal(
            "outcome: 'charge the payment' can have come to SETTLED or DECLINED, not to 'REFUNDED'",
            await RefusalAsync(order, new("charge the payment", StepReleaseAction.Skip, Jane, "called", "REFUNDED"))
        );
        Assert.Equal(
            "reference: SETTLED needs the other side's id of it",
            await RefusalAsync(order, new("charge the payment", StepReleaseAction.Skip, Jane, "called", "SETTLED"))
        );
        Assert.Equal(
            "outcome: only SKIP has one, not RETRY",
            await RefusalAsync(order, new("charge the payment", StepReleaseAction.Retry, Jane, "called", "SETTLED"))
        );
        Assert.Equal(before, shop.Floor.Journal);
    }

    private static async Task<(WorkflowHandle<OrderWorkflow, OrderView> Order, Task<OrderView> Result)> StuckAsync(
        OpenShop shop,
        string activity,
        string step,
        OrderInput? order = null
    )
    {
        shop.Floor.Trouble(activity);
        var handle = await shop.PlaceAsync(order ?? AnOrder.Of(AnOrder.Ebook()));
        // Time is skipped while somebody waits for the end.
        var result = handle.GetResultAsync();
        await shop.UntilAsync(journal => journal.Contains($"task STEP_OVERDUE: {step} does not succeed: {activity} is away"));
        return (handle, result);
    }

    private static Task<OrderView> ReleaseAsync(
        WorkflowHandle<OrderWorkflow> order,
        string step,
        StepReleaseAction action,
        string? outcome = null,
        string? reference = null
    ) =>
        order.ExecuteUpdateAsync(workflow =>
            workflow.ReleaseStepAsync(new StepRelease(step, action, Jane, "called them", outcome, reference))
        );

    private static Task<string> RefusalAsync(WorkflowHandle<OrderWorkflow> order, StepRelease release) =>
        OpenShop.RefusalOfAsync(() => order.ExecuteUpdateAsync(workflow => workflow.ReleaseStepAsync(release)));
}
