using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Tests.Shop;

namespace TemporalDelivery.Workflows.Tests.Deliveries;

/// <summary>A delivery order finishes on the version of the graph that is stored with it, whatever is current.</summary>
public sealed class GraphVersionTests
{
    [Fact]
    public async Task A_delivery_that_began_on_the_first_version_finishes_on_it()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.GraphVersion = 1;
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
        var delivery = await shop.DeliveryAsync();
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PickedUp);

        var refusal = await OpenShop.RefusalOfAsync(() => delivery.ExecuteUpdateAsync(workflow => workflow.DisputeAsync(ParcelIsLost())));
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Delivered);
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.Delivered);
        await shop.ConfirmAsync(delivery);

        Assert.StartsWith("DISPUTE is not possible in PICKED_UP", refusal, StringComparison.Ordinal);
        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
    }

    [Fact]
    public async Task On_the_second_version_an_operator_says_that_a_parcel_on_its_way_is_lost()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.GraphVersion = 2;
        var delivery = await shop.DeliverAsync();
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PickedUp);

        var byCustomer = ParcelIsLost() with { Actor = Actor.Customer(AnOrder.Ada) };
        var customers = await OpenShop.RefusalOfAsync(() => delivery.ExecuteUpdateAsync(workflow => workflow.DisputeAsync(byCustomer)));
        var view = await delivery.ExecuteUpdateAsync(workflow => workflow.DisputeAsync(ParcelIsLost()));

        Assert.Equal("DISPUTE in PICKED_UP is for operator, not for customer", customers);
        Assert.Equal((DeliveryState.PendingByOperator, DeliveryFailureReason.Lost), (view.State, view.Failure?.Reason));
    }

    private static DeliveryDispute ParcelIsLost() => new(Actor.Operator("jane"), DeliveryFailureReason.Lost, "the van burned");
}
