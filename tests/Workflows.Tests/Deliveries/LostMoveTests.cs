using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Tests.Shop;

namespace TemporalDelivery.Workflows.Tests.Deliveries;

/// <summary>A worker that died has moved the row, and no history knows it: the row decides.</summary>
public sealed class LostMoveTests
{
    private static readonly DeliveryFailure Overdue = new(DeliveryFailureReason.DeliveryOverdue, null);

    [Fact]
    public async Task An_event_is_judged_again_in_the_state_that_the_row_has()
    {
        await using var shop = await OpenShop.OpenAsync();
        var (order, delivery) = await PickedUpAsync(shop);
        Lose(shop, DeliveryState.PendingByOperator, Overdue);

        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Delivered);

        var view = await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PendingByOperator);
        Assert.Equal((Overdue, 0), (view.Failure, view.WaitingEvents));
        await shop.UntilAsync(journal => journal.Contains("stale DELIVERED"));
        await shop.ResolveAsync(delivery, DeliveryResolution.ConfirmWithProof, "signed slip");
        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
    }

    [Fact]
    public async Task An_event_that_fits_there_too_is_applied_there()
    {
        await using var shop = await OpenShop.OpenAsync();
        var (_, delivery) = await PickedUpAsync(shop);
        Lose(shop, DeliveryState.Delivered);

        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Failed, "DAMAGED");

        var view = await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PendingByOperator);
        Assert.Equal(DeliveryFailureReason.Damaged, view.Failure?.Reason);
        Assert.DoesNotContain(shop.Floor.Journal, entry => entry.StartsWith("stale", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_is_refused_where_the_row_does_not_allow_it_and_the_order_follows_the_row()
    {
        await using var shop = await OpenShop.OpenAsync();
        var (order, delivery) = await PickedUpAsync(shop);
        await shop.BringAsync(delivery);
        Lose(shop, DeliveryState.DeliveryConfirmed);

        var refusal = await OpenShop.RefusalOfAsync(() =>
            delivery.ExecuteUpdateAsync(workflow =>
                workflow.DisputeAsync(new DeliveryDispute(Actor.Customer(AnOrder.Ada), DeliveryFailureReason.NotReceived, null))
            )
        );

        Assert.StartsWith("DISPUTE is not possible in DELIVERY_CONFIRMED", refusal, StringComparison.Ordinal);
        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
    }

    [Fact]
    public async Task An_order_cannot_be_cancelled_whose_parcel_has_left_by_its_row()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        await shop.DeliveryAsync();
        Lose(shop, DeliveryState.PickedUp);

        var refusal = await OpenShop.RefusalOfAsync(() =>
            order.ExecuteUpdateAsync(workflow => workflow.CancelAsync(new CancelOrder(Actor.Customer(AnOrder.Ada), "changed my mind")))
        );

        Assert.Equal("the partner has picked up the delivery (PICKED_UP)", refusal);
        Assert.Equal(OrderStatus.Fulfillment, (await order.QueryAsync(workflow => workflow.View())).Status);
    }

    [Fact]
    public async Task A_cancellation_that_comes_after_a_lost_one_is_done_and_not_refused()
    {
        await using var shop = await OpenShop.OpenAsync();
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        await shop.DeliveryAsync();
        Lose(shop, DeliveryState.Cancelled);

        var view = await order.ExecuteUpdateAsync(workflow =>
            workflow.CancelAsync(new CancelOrder(Actor.Customer(AnOrder.Ada), "changed my mind"))
        );

        Assert.Equal(OrderStatus.Cancelled, view.Status);
    }

    private static async Task<(
        Temporalio.Client.WorkflowHandle<OrderWorkflow, OrderView> Order,
        Temporalio.Client.WorkflowHandle<DeliveryWorkflow> Delivery
    )> PickedUpAsync(OpenShop shop)
    {
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PickedUp);
        return (order, delivery);
    }

    private static void Lose(OpenShop shop, DeliveryState state, DeliveryFailure? failure = null) =>
        shop.Floor.DeliveryRows[shop.Floor.Deliveries[0].Id] = new DeliveryStanding(
            Made: false,
            state,
            PickedUp: true,
            failure,
            "P-1",
            Actor.System,
            LastReason: null
        );
}
