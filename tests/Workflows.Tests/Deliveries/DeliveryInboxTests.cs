using System.Globalization;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Workflows.Tests.Deliveries;

/// <summary>A partner that repeats itself under fresh ids fills no memory.</summary>
public sealed class DeliveryInboxTests
{
    private readonly DeliveryInbox inbox = new(DeliveryGraph.OfVersion(1));

    [Fact]
    public void Early_repeats_beyond_what_can_ever_be_applied_are_stale_and_the_first_is_applied()
    {
        for (var time = 0; time < 100; time++)
        {
            inbox.Add(Delivered(time));
        }

        Assert.True(inbox.HasNext(DeliveryState.Created));
        Assert.Equal(92, inbox.TakeStale(DeliveryState.Created).Count);
        Assert.False(inbox.HasNext(DeliveryState.Created));
        Assert.Equal(8, inbox.Waiting.Count);
        Assert.Equal("0", inbox.TakeFitting(DeliveryState.PickedUp)!.EventId);
        Assert.Equal(7, inbox.TakeStale(DeliveryState.Delivered).Count);
        Assert.Empty(inbox.Waiting);
    }

    [Fact]
    public void Of_the_known_ids_the_oldest_is_forgotten_first()
    {
        for (var number = 0; number <= 1_000; number++)
        {
            inbox.Add(Delivered(number));
        }

        Assert.Equal(1_000, inbox.Known.Count);
        Assert.Equal(("1", "1000"), (inbox.Known[0], inbox.Known[^1]));
        var stale = inbox.TakeStale(DeliveryState.DeliveryConfirmed).Count;
        inbox.Add(Delivered(1));
        inbox.Add(Delivered(0));
        Assert.Equal((1_001, 1), (stale, inbox.Waiting.Count));
    }

    private static PartnerEvent Delivered(int id) =>
        new(id.ToString(CultureInfo.InvariantCulture), DeliveryEvents.Delivered, null, null, null, DateTimeOffset.UnixEpoch);
}
