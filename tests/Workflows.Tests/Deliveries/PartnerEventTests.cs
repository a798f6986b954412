using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Client;

namespace TemporalDelivery.Workflows.Tests.Deliveries;

/// <summary>The partner's events are at-least-once and unordered, or do not come at all.</summary>
public sealed class PartnerEventTests
{
    [Fact]
    public async Task A_duplicate_is_applied_once_and_leaves_no_trace()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        var pickup = shop.Says(DeliveryEvents.PickedUp);

        for (var time = 0; time < 3; time++)
        {
            await delivery.SignalAsync(workflow => workflow.PartnerEventAsync(pickup));
        }

        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Delivered);
        await shop.UntilAsync(journal => journal.Contains("delivery DELIVERED by partner"));
        Assert.Equal(["booked", "delivery PICKED_UP by partner", "delivery DELIVERED by partner"], shop.Floor.Journal);
    }

    [Fact]
    public async Task A_stale_event_is_recorded_and_not_applied()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        await shop.BringAsync(delivery);

        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await shop.PartnerSaysAsync(delivery, "TELEPORTED");
        await shop.UntilAsync(journal => journal.Contains("stale TELEPORTED"));

        Assert.Contains("stale PICKED_UP", shop.Floor.Journal);
        Assert.Equal(DeliveryState.Delivered, (await delivery.QueryAsync(workflow => workflow.View())).State);
    }

    [Fact]
    public async Task An_event_that_comes_while_the_last_move_is_being_recorded_is_recorded_too()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Failed, "LOST");
        await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PendingByOperator);
        shop.Floor.Trouble("RecordDeliveryMoves");

        var decision = new DeliveryDecision(DeliveryResolution.Cancel, Actor.Operator("jane"), "talked to Ada", GoodsOutcome.Lost);
        var cancelling = await delivery.StartUpdateAsync(
            workflow => workflow.ResolveAsync(decision),
            new WorkflowUpdateStartOptions(WorkflowUpdateStage.Accepted)
        );
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Delivered);
        await OpenShop.UntilSignalledAsync(delivery, "PartnerEvent", times: 3);
        shop.Floor.Mend("RecordDeliveryMoves");

        Assert.Equal(DeliveryState.Cancelled, (await cancelling.GetResultAsync()).State);
        await delivery.GetResultAsync();
        Assert.Equal("stale DELIVERED", shop.Floor.Journal[^1]);
    }

    [Fact]
    public async Task A_reason_that_we_do_not_know_becomes_OTHER_with_the_partners_words()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();

        await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await shop.PartnerSaysAsync(delivery, DeliveryEvents.Failed, "EATEN_BY_DOG");
        var view = await OpenShop.UntilAsync(delivery, view => view.State == DeliveryState.PendingByOperator);

        Assert.Equal(new DeliveryFailure(DeliveryFailureReason.Other, "EATEN_BY_DOG"), view.Failure);
    }

    [Fact]
    public async Task Lost_webhooks_heal_themselves_because_the_partner_is_asked_before_silence_counts()
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        shop.Floor.PartnerKnows.Add(shop.Says(DeliveryEvents.Delivered));
        shop.Floor.PartnerKnows.Add(shop.Says(DeliveryEvents.PickedUp));

        var view = await delivery.GetResultAsync();

        Assert.Equal((DeliveryState.DeliveryConfirmed, Actor.System), (view.State, view.LastActor));
        Assert.Equal(
            [
                "booked",
                "partner asked",
                "delivery PICKED_UP by partner",
                "delivery DELIVERED by partner",
                "customer reminded in DELIVERED",
                "partner asked",
                "delivery DELIVERY_CONFIRMED",
            ],
            shop.Floor.Journal.Take(7)
        );
    }

    [Theory]
    [InlineData(false, DeliveryFailureReason.PickupOverdue)]
    [InlineData(true, DeliveryFailureReason.DeliveryOverdue)]
    public async Task A_partner_who_says_nothing_for_too_long_fails_the_delivery(bool pickedUp, DeliveryFailureReason reason)
    {
        await using var shop = await OpenShop.OpenAsync();
        var delivery = await shop.DeliverAsync();
        if (pickedUp)
        {
            await shop.PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        }

        var result = delivery.GetResultAsync();
        await shop.UntilAsync(journal => journal.Contains($"task DELIVERY_PENDING: delivery attempt 1 failed: {reason.WireName()}"));
        await shop.ResolveAsync(delivery, DeliveryResolution.Cancel, goods: pickedUp ? GoodsOutcome.Lost : null);

        var view = await result;
        Assert.Equal((DeliveryState.Cancelled, reason), (view.State, view.Failure!.Reason));
        Assert.Equal(!pickedUp, shop.Floor.Journal.Contains("booking cancelled"));
    }

    [Fact]
    public async Task How_long_silence_lasts_can_be_set_for_each_state()
    {
        await using var shop = await OpenShop.OpenAsync();
        var began = await shop.NowAsync();
        var delivery = await shop.DeliverAsync(
            new DeliveryOptions
            {
                SilenceAfter = new Dictionary<DeliveryState, TimeSpan> { [DeliveryState.Delivered] = TimeSpan.FromMinutes(3) },
            }
        );
        await shop.BringAsync(delivery);

        Assert.Equal(DeliveryState.DeliveryConfirmed, (await delivery.GetResultAsync()).State);
        Assert.InRange(await shop.NowAsync() - began, TimeSpan.FromMinutes(3), TimeSpan.FromHours(12));
    }

    [Fact]
    public async Task A_partner_who_cannot_be_asked_is_silent_too()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Trouble("AskPartner");
        var delivery = await shop.DeliverAsync();
        await shop.BringAsync(delivery);

        Assert.Equal(DeliveryState.DeliveryConfirmed, (await delivery.GetResultAsync()).State);
    }
}
