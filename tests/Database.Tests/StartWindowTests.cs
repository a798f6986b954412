using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Tests;

public sealed class StartWindowTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("admitted", false)]
    [InlineData("refused", true)]
    [InlineData("pending", true)]
    [InlineData("paid", false)]
    [InlineData("booked", true)]
    [InlineData("moved", true)]
    [InlineData("completed", true)]
    [InlineData("closed", true)]
    public async Task An_order_is_on_its_way_until_it_waits_for_the_world_outside_or_is_over(string then, bool left)
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, (then == "refused" ? "VASE-RARE" : "BOOK-DDIA", 1));
        await shop.ExecuteAsync(
            "insert into orders.starts (order_id, attempt) values (@OrderId, 1) on conflict do nothing",
            new { order.OrderId }
        );

        await shop.AdmitAsync(order);
        await (
            then switch
            {
                "pending" => shop.StoreAsync(order, ChargeOutcome.Pending),
                "closed" => shop.CloseAsync(order),
                "admitted" or "refused" => Task.CompletedTask,
                _ => PaidAsync(shop, order, then),
            }
        );

        Assert.Equal(left, await shop.SingleAsync<bool>("select waiting_at is not null from orders.starts"));
    }

    private static async Task PaidAsync(Shop shop, AcceptedOrder order, string then)
    {
        var delivery = (await shop.StoreAsync(order)).Delivery!.DeliveryOrderId;
        var pickedUp = new DeliveryMoved(DeliveryState.Created, DeliveryState.PickedUp, "PICKED_UP", null, null, Actor.Partner);
        await (
            then switch
            {
                "booked" => shop.Get<DeliveryStore>().MarkBookedAsync(delivery, Now),
                "moved" => shop.Get<DeliveryStore>().RecordDeliveryMovesAsync(new(delivery, order.OrderId, [pickedUp], IsOver: false)),
                "completed" => shop.CompleteAsync(order),
                _ => Task.CompletedTask,
            }
        );
    }
}
