using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Tests.Shop;

namespace TemporalDelivery.Workflows.Tests.Deliveries;

/// <summary>Deliveries that fail, and what operators and customers make of them.</summary>
public sealed class DeliveryFailureTests
{
    [Theory]
    [InlineData(1000)]
    [InlineData(0)]
    public async Task A_failed_delivery_waits_for_an_operator_who_has_it_delivered_again_by_a_new_delivery_order(int cachedWorkflows)
    {
        await using var shop = await OpenShop.OpenAsync(cachedWorkflows: cachedWorkflows);
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var first = await shop.DeliveryAsync();
        await FailAsync(shop, first, "RECIPIENT_ABSENT");

        var superseded = await shop.ResolveAsync(first, DeliveryResolution.Redeliver, goods: GoodsOutcome.Returned);
        var second = await shop.DeliveryAsync(attempt: 2);
        await shop.BringAsync(second);
        await shop.ConfirmAsync(second);
        var view = await order.GetResultAsync();

        Assert.Equal(DeliveryState.Superseded, superseded.State);
        Assert.Equal(new DeliveryFailure(DeliveryFailureReason.RecipientAbsent, null), superseded.Failure);
        Assert.Equal((OrderStatus.Completed, 2), (view.Status, view.DeliveryAttempt));
        Assert.Equal(
            [(1, null), (2, shop.Floor.Deliveries[0].Id)],
            shop.Floor.Deliveries.Select(delivery => (delivery.Attempt, delivery.Supersedes))
        );
        Assert.Equal(
            [
                "delivery DELIVERY_FAILED RECIPIENT_ABSENT by partner",
                "delivery PENDING_BY_OPERATOR",
                "task DELIVERY_PENDING: delivery attempt 1 failed: RECIPIENT_ABSENT",
                "delivery SUPERSEDED by operator",
                "goods RETURNED",
                "task closed: REDELIVER: talked to Ada",
                "delivery 2 created",
            ],
            shop.Floor.Journal.SkipWhile(entry => !entry.StartsWith("delivery DELIVERY_FAILED", StringComparison.Ordinal)).Take(7)
        );
        Assert.Single(shop.Floor.Journal, entry => entry.StartsWith("charged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_operator_who_cancels_a_failed_delivery_cancels_and_refunds_the_order()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book(), AnOrder.Ebook()));
        var delivery = await shop.DeliveryAsync();
        await FailAsync(shop, delivery, "LOST");

        await shop.ResolveAsync(delivery, DeliveryResolution.Cancel, "it is gone", GoodsOutcome.Lost);
        var view = await order.GetResultAsync();

        Assert.Equal((OrderStatus.Cancelled, "it is gone"), (view.Status, view.Reason));
        Assert.Equal(
            ["revoked", "refunded", "released", "order CANCELLED by operator (it is gone)"],
            shop.Floor.Journal.SkipWhile(entry => entry != "revoked")
        );
    }

    [Fact]
    public async Task An_operator_with_proof_confirms_a_failed_delivery_and_the_order_completes()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await FailAsync(shop, delivery, "OTHER");

        await shop.ResolveAsync(delivery, DeliveryResolution.ConfirmWithProof, "signed slip 4711");

        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
        Assert.Contains("published delivery.confirmed", shop.Floor.Journal);
    }

    [Fact]
    public async Task A_booking_that_the_partner_refuses_fails_at_once()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.BookingRefusal = "too heavy";

        var delivery = await shop.DeliverAsync();
        var view = await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PendingByOperator);

        Assert.Equal(new DeliveryFailure(DeliveryFailureReason.PartnerRejected, "too heavy"), view.Failure);
    }

    [Fact]
    public async Task A_delivery_whose_order_is_undone_while_it_is_booked_is_cancelled()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.IsBookingGivenUp = true;

        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));

        Assert.Equal("the order is being undone", (await order.GetResultAsync()).Reason);
        Assert.Contains("delivery CANCELLED", shop.Floor.Journal);
        Assert.DoesNotContain("booking cancelled", shop.Floor.Journal);
    }

    [Fact]
    public async Task A_customers_dispute_brings_a_delivery_to_an_operator()
    {
        await using var shop = await OpenShop.OpenAsync();
        await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await shop.BringAsync(delivery);

        await delivery.ExecuteUpdateAsync(workflow =>
            workflow.DisputeAsync(new DeliveryDispute(Actor.Customer(AnOrder.Ada), DeliveryFailureReason.NotReceived, "nothing came"))
        );
        var view = await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PendingByOperator);

        Assert.Equal(new DeliveryFailure(DeliveryFailureReason.NotReceived, "nothing came"), view.Failure);
        Assert.Contains("delivery DELIVERY_FAILED NOT_RECEIVED by customer", shop.Floor.Journal);
    }

    [Fact]
    public async Task Illegal_moves_are_refused_with_the_reason_and_change_nothing()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        await shop.UntilAsync(journal => journal.Contains("booked"));
        var customer = Actor.Customer(AnOrder.Ada);

        Assert.Equal(
            "CONFIRM_RECEIPT is not possible in CREATED; possible there for customer: CANCEL",
            await OpenShop.RefusalOfAsync(() => shop.ConfirmAsync(delivery))
        );
        Assert.Equal(
            "REDELIVER is not possible in CREATED; possible there for operator: CANCEL",
            await OpenShop.RefusalOfAsync(() => shop.ResolveAsync(delivery, DeliveryResolution.Redeliver))
        );
        await shop.BringAsync(delivery);
        Assert.Equal(
            "the delivery is another customer's, not customer:00000000-0000-0000-0000-000000000000's",
            await OpenShop.RefusalOfAsync(() =>
                delivery.ExecuteUpdateAsync(workflow =>
                    workflow.ConfirmReceiptAsync(new ReceiptConfirmation(Actor.Customer(Guid.Empty), null))
                )
            )
        );
        Assert.Equal(
            "CONFIRM_RECEIPT in DELIVERED is for customer or recipient, not for operator",
            await OpenShop.RefusalOfAsync(() =>
                delivery.ExecuteUpdateAsync(workflow => workflow.ConfirmReceiptAsync(new ReceiptConfirmation(Actor.Operator("jane"), null)))
            )
        );
        Assert.Equal(
            "DISPUTE in DELIVERED cannot be for PICKUP_OVERDUE; possible: WRONG_ADDRESS, RECIPIENT_ABSENT, RECIPIENT_REFUSED, DAMAGED, LOST, ACCESS_DENIED, NOT_RECEIVED, OTHER",
            await OpenShop.RefusalOfAsync(() =>
                delivery.ExecuteUpdateAsync(workflow =>
                    workflow.DisputeAsync(new DeliveryDispute(customer, DeliveryFailureReason.PickupOverdue, null))
                )
            )
        );
        await FailAsync(shop, delivery, "DAMAGED", pickUp: false);
        Assert.Equal(
            "a decision needs a reason",
            await OpenShop.RefusalOfAsync(() => shop.ResolveAsync(delivery, DeliveryResolution.Redeliver, " "))
        );
        Assert.Equal(
            $"only an operator may resolve a delivery, not {customer}",
            await OpenShop.RefusalOfAsync(() =>
                delivery.ExecuteUpdateAsync(workflow =>
                    workflow.ResolveAsync(new DeliveryDecision(DeliveryResolution.Redeliver, customer, "again"))
                )
            )
        );
        Assert.Equal(DeliveryState.PendingByOperator, (await delivery.QueryAsync(workflow => workflow.View())).State);
    }

    [Fact]
    public async Task An_operator_may_cancel_a_delivery_that_was_never_picked_up()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();

        await shop.ResolveAsync(delivery, DeliveryResolution.Cancel, "out of business");
        var view = await order.GetResultAsync();

        Assert.Equal((OrderStatus.Cancelled, "out of business"), (view.Status, view.Reason));
        Assert.Contains("booking cancelled", shop.Floor.Journal);
    }

    private static async Task FailAsync(
        OpenShop shop,
        Temporalio.Client.WorkflowHandle<DeliveryWorkflow> delivery,
        string reason,
        bool pickUp = true
    )
    {
        if (pickUp)
        {
            await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        }

        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Failed, reason);
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PendingByOperator);
    }
}
