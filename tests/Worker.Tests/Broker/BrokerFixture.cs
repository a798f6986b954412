using TemporalDelivery.Tests.Broker;
using TemporalDelivery.Worker.Broker;

namespace TemporalDelivery.Worker.Tests.Broker;

/// <summary>One RabbitMQ server for all tests of the broker, which follow each other: some of them kill it.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private BrokerServer? server;

    /// <summary>The server; without one the test is skipped.</summary>
    internal BrokerServer Server
    {
        get
        {
            Assert.SkipWhen(server is null, "no RabbitMQ server can be had here: neither installed nor from the distribution's package");
            return server;
        }
    }

    public async ValueTask InitializeAsync() => server = await BrokerServer.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>The settings of one test, which meets no other's messages.</summary>
    internal BrokerOptions Options() => new() { Url = Server.Url, Exchange = $"test-{Guid.NewGuid():n}" };
}

/// <summary>Whose tests share the server.</summary>
[CollectionDefinition(Name)]
public sealed class BrokerTests : ICollectionFixture<BrokerFixture>
{
    public const string Name = "broker";
}
