using System.Net;
using System.Net.Sockets;
using TemporalDelivery.Api.Relay;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Client;

namespace TemporalDelivery.Api.Tests;

public sealed class OrderStarterTests
{
    [Fact(Timeout = 30_000)] // Before a try had a time of its own, each of its calls had: they would add up to more than this.
    public async Task A_try_to_start_an_order_ends_before_its_lease_whatever_does_not_answer()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var client = TemporalClient.CreateLazy(new($"127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}"));
        var clock = new SkippingClock();
        var starter = new OrderStarter(client, new OrderOptions(), clock);

        var result = await starter.StartAsync(
            new TakenStart(Guid.CreateVersion7(), 2, ApiApplication.Ada, 100, null, 0, 1),
            TestContext.Current.CancellationToken
        );

        Assert.Equal("no answer within 18 s", Assert.IsType<StartResult.Away>(result).Reason);
        Assert.Equal(OrderStarts.TryTime, clock.Waited);
    }

    /// <summary>A clock that lets every timer fire at once and adds up how long they would have waited.</summary>
    private sealed class SkippingClock : TimeProvider
    {
        public TimeSpan Waited { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waited += dueTime;
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
