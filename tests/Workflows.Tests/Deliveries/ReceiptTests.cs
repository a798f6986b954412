using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Client;

namespace TemporalDelivery.Workflows.Tests.Deliveries;

/// <summary>
/// A parcel's receipt is confirmed by its customer, by whoever has its PIN, or by silence, of which the customer is told before.
/// </summary>
public sealed class ReceiptTests
{
    private const string Reminded = "customer reminded in DELIVERED";

    [Fact]
    public void Without_keys_there_are_no_PINs_and_each_key_makes_its_own_generation()
    {
        var none = new ReceiptPin([]);

        Assert.Equal((null, ""), (none.Of(Guid.NewGuid()), none.Generation));
        Assert.NotEqual(new ReceiptPin([new byte[32]]).Generation, new ReceiptPin([[1, .. new byte[31]]]).Generation);
    }

    [Fact]
    public async Task A_customer_who_says_nothing_is_reminded_before_that_confirms_the_receipt()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        await shop.BringAsync(delivery);
        var delivered = await shop.NowAsync();

        await shop.PassAsync(TimeSpan.FromDays(4.9));
        Assert.DoesNotContain(Reminded, shop.Floor.Journal);
        await shop.PassAsync(TimeSpan.FromDays(0.2));
        Assert.Contains(Reminded, shop.Floor.Journal);
        var view = await delivery.GetResultAsync();

        Assert.Equal((DeliveryState.DeliveryConfirmed, Actor.System), (view.State, view.LastActor));
        Assert.Single(shop.Floor.Journal, Reminded);
        Assert.InRange(await shop.NowAsync() - delivered, TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1), TimeSpan.FromDays(7.1));
    }

    [Fact]
    public async Task A_customer_who_is_reminded_late_has_as_long_to_answer()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        await shop.BringAsync(delivery);
        var delivered = await shop.NowAsync();
        shop.Floor.Trouble("RemindCustomer");
        await shop.PassAsync(TimeSpan.FromDays(9));
        Assert.Equal(DeliveryState.Delivered, (await delivery.QueryAsync(workflow => workflow.View())).State);

        shop.Floor.Mend("RemindCustomer");
        await delivery.GetResultAsync();

        Assert.Contains(Reminded, shop.Floor.Journal);
        Assert.InRange(await shop.NowAsync() - delivered, TimeSpan.FromDays(9), TimeSpan.FromDays(12));
    }

    [Fact]
    public async Task A_customer_who_answers_is_not_reminded()
    {
        await using var shop = await OpenShop.OpenAsync();
        var confirmed = await shop.DeliverAsync();
        await shop.BringAsync(confirmed);
        await shop.ConfirmAsync(confirmed);
        var disputed = await shop.DeliverAsync();
        await shop.PartnerSaysAsync(disputed, DeliveryEvents.PickedUp);
        await shop.PartnerSaysAsync(disputed, DeliveryEvents.Delivered);
        await OpenShop.UntilAsync(disputed, view => view.State == DeliveryState.Delivered);
        var dispute = new DeliveryDispute(Actor.Customer(AnOrder.Ada), DeliveryFailureReason.NotReceived, "nobody came");
        await disputed.ExecuteUpdateAsync(workflow => workflow.DisputeAsync(dispute));

        await shop.PassAsync(TimeSpan.FromDays(8));

        Assert.DoesNotContain(Reminded, shop.Floor.Journal);
    }

    [Fact]
    public async Task A_customer_may_dispute_after_the_reminder_too()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        await shop.BringAsync(delivery);
        await shop.PassAsync(TimeSpan.FromDays(6));
        Assert.Contains(Reminded, shop.Floor.Journal);

        var dispute = new DeliveryDispute(Actor.Customer(AnOrder.Ada), DeliveryFailureReason.Damaged, "the spine is broken");
        var view = await delivery.ExecuteUpdateAsync(workflow => workflow.DisputeAsync(dispute));

        Assert.Equal(DeliveryState.PendingByOperator, view.State);
    }

    [Fact]
    public async Task Whoever_has_the_PIN_confirms_a_delivered_parcel_and_nothing_else()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await shop.UntilAsync(journal => journal.Contains("delivery PICKED_UP by partner"));
        var confirmation = new ReceiptConfirmation(Actor.Recipient, null);

        var early = await OpenShop.RefusalOfAsync(() =>
            delivery.ExecuteUpdateAsync(workflow => workflow.ConfirmReceiptAsync(confirmation))
        );
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Delivered);
        await shop.UntilAsync(journal => journal.Contains("delivery DELIVERED by partner"));
        var dispute = new DeliveryDispute(Actor.Recipient, DeliveryFailureReason.Damaged, null);
        var other = await OpenShop.RefusalOfAsync(() => delivery.ExecuteUpdateAsync(workflow => workflow.DisputeAsync(dispute)));
        var view = await delivery.ExecuteUpdateAsync(workflow => workflow.ConfirmReceiptAsync(confirmation));

        Assert.Contains("CONFIRM_RECEIPT is not possible in PICKED_UP", early, StringComparison.Ordinal);
        Assert.Equal("DISPUTE in DELIVERED is for customer or operator, not for recipient", other);
        Assert.Equal((DeliveryState.DeliveryConfirmed, Actor.Recipient), (view.State, view.LastActor));
    }

    [Theory]
    [InlineData("the pickup first", new[] { 0, 1 })]
    [InlineData("the proof first", new[] { 1, 0 })]
    [InlineData("the proof after a DELIVERED without one", new[] { 0, 2, 1 })]
    public async Task A_DELIVERED_that_brings_the_recipients_PIN_confirms_the_receipt_at_once(string order, int[] places)
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        PartnerEvent[] events =
        [
            shop.Says(DeliveryEvents.PickedUp),
            shop.Says(DeliveryEvents.Delivered) with
            {
                IsProven = true,
            },
            shop.Says(DeliveryEvents.Delivered),
        ];
        foreach (var partnerEvent in places.Select(place => events[place]))
        {
            await delivery.SignalAsync(workflow => workflow.PartnerEventAsync(partnerEvent));
        }

        var view = await delivery.GetResultAsync();

        Assert.Equal((DeliveryState.DeliveryConfirmed, Actor.Recipient), (view.State, view.LastActor));
        Assert.True(!shop.Floor.Journal.Contains(Reminded), order);
    }

    [Fact]
    public async Task A_failure_that_claims_a_proof_proves_nothing()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        var pickup = shop.Says(DeliveryEvents.PickedUp) with { IsProven = true };
        await delivery.SignalAsync(workflow => workflow.PartnerEventAsync(pickup));
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Delivered);
        await shop.UntilAsync(journal => journal.Contains("delivery DELIVERED by partner"));

        Assert.Equal(DeliveryState.Delivered, (await delivery.QueryAsync(workflow => workflow.View())).State);
    }

    [Fact]
    public async Task A_proof_is_remembered_by_the_run_that_continues_the_delivery()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        var proven = shop.Says(DeliveryEvents.Delivered) with { IsProven = true };
        await delivery.SignalAsync(workflow => workflow.PartnerEventAsync(proven));

        await shop.ContinueAsync(delivery);
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);

        Assert.Equal(Actor.Recipient, (await delivery.GetResultAsync()).LastActor);
    }
}
