using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Database.Tests;

public sealed class AnnouncementsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_announced_together_is_told_together()
    {
        await using var shop = await Shop.OpenAsync();
        await using var listener = await shop.Source.OpenConnectionAsync(Now);
        var told = new List<string>();
        listener.Notification += (_, notification) => told.Add(notification.Channel);
        await listener.ExecuteAsync($"listen {Channels.PartnerEventStored}; listen {Channels.OrderAccepted}");

        await using (var announcements = new Announcements(shop.Source, new WakeSignals(), NullLogger<Announcements>.Instance))
        {
            for (var number = 0; number < 1000; number++)
            {
                announcements.Announce(Channels.PartnerEventStored);
                announcements.Announce(Channels.OrderAccepted);
            }
        }

        // Everything is told by now, and comes before the answer to a question that is asked later.
        await listener.ExecuteAsync("select 1");
        Assert.Equal([Channels.OrderAccepted, Channels.PartnerEventStored], told.Distinct().Order(StringComparer.Ordinal));
        Assert.InRange(told.Count, 2, 200);
    }

    [Fact]
    public async Task This_process_is_woken_though_the_database_is_away()
    {
        var wake = new WakeSignals();
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");
        await using var announcements = new Announcements(nowhere, wake, NullLogger<Announcements>.Instance);

        announcements.Announce(Channels.PartnerEventStored);
        Assert.True(await wake.WaitAsync(Channels.PartnerEventStored, Patience, Now));
        announcements.Announce(Channels.PartnerEventStored);

        Assert.True(await wake.WaitAsync(Channels.PartnerEventStored, Patience, Now));
    }
}
