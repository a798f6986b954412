using FsCheck;
using FsCheck.Fluent;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Client;

namespace TemporalDelivery.Workflows.Tests.Deliveries;

/// <summary>Where a delivery ends depends on what the partner says, and not on when or how often.</summary>
public sealed class EventOrderTests
{
    private static readonly Config FewCases = Config.QuickThrowOnFailure.WithMaxTest(40).WithQuietOnSuccess(true);

    [Fact]
    public async Task Whatever_the_order_of_events_with_duplicates_and_stale_copies_each_trip_ends_in_one_state()
    {
        await using var shop = await OpenShop.OpenAsync();
        var trips = Gen.Two(Trip()).ToArbitrary();
        var deliveries = 0;

        // FsCheck waits for each case in the thread that calls it.
        await Task.Run(() => Check.One(FewCases, Prop.ForAll(trips, PlayAsync)), TestContext.Current.CancellationToken);

        async Task PlayAsync((Said[] First, Said[] Second) both)
        {
            await shop.PlaceAsync(AnOrder.Of(AnOrder.Book()));
            var first = await shop.DeliveryAsync(++deliveries);
            await TravelAsync(first, both.First);
            if (EndOf(both.First) == DeliveryState.PendingByOperator)
            {
                await shop.ResolveAsync(first, DeliveryResolution.Redeliver, goods: HadLeft(both.First) ? GoodsOutcome.Lost : null);
                await TravelAsync(await shop.DeliveryAsync(++deliveries), both.Second);
            }
        }
    }

    private static async Task TravelAsync(WorkflowHandle<DeliveryWorkflow> delivery, Said[] trip)
    {
        foreach (var (type, copy) in trip)
        {
            var reason = type == DeliveryEvents.Failed ? "LOST" : null;
            var partnerEvent = new PartnerEvent($"{delivery.Id} {type} {copy}", type, "P-1", reason, null, DateTimeOffset.UnixEpoch);
            await delivery.SignalAsync(workflow => workflow.PartnerEventAsync(partnerEvent));
        }

        // While an event is being applied it waits no more.
        var view = await OpenShop.UntilAsync(delivery, view => view.State == EndOf(trip) && view.WaitingEvents == 0);
        Assert.Equal(view.State == DeliveryState.PendingByOperator, view.Failure is not null);
    }

    // A parcel that the partner rejects before it says that it has picked it up never leaves.
    private static bool HadLeft(Said[] trip) =>
        trip.First(said => said.Type is DeliveryEvents.PickedUp or DeliveryEvents.Rejected).Type == DeliveryEvents.PickedUp;

    private static DeliveryState EndOf(Said[] trip)
    {
        var types = trip.Select(said => said.Type).ToHashSet();
        return types.Overlaps([DeliveryEvents.Failed, DeliveryEvents.Rejected]) ? DeliveryState.PendingByOperator
            : types.Contains(DeliveryEvents.Delivered) ? DeliveryState.Delivered
            : DeliveryState.PickedUp;
    }

    /// <summary>A pickup and anything else; each thing once and then again, under the same event id or a fresh one.</summary>
    private static Gen<Said[]> Trip() =>
        from others in Gen.SubListOf(DeliveryEvents.Delivered, DeliveryEvents.Failed, DeliveryEvents.Rejected)
        let types = others.Prepend(DeliveryEvents.PickedUp).ToArray()
        from repeats in Gen.Choose(0, 4)
            .SelectMany(count =>
                Gen.ArrayOf(Gen.Elements(types).SelectMany(_ => Gen.Choose(0, 2), (type, copy) => new Said(type, copy)), count)
            )
        from trip in Gen.Shuffle([.. types.Select(type => new Said(type, 0)), .. repeats])
        select trip;

    /// <summary>What the partner says; with another <paramref name="Copy"/> the same under a fresh event id.</summary>
    private sealed record Said(string Type, int Copy);
}
