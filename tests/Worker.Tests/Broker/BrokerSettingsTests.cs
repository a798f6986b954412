using System.Net.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Worker.Broker;

namespace TemporalDelivery.Worker.Tests.Broker;

public sealed class BrokerSettingsTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("localhost:5672")]
    [InlineData("http://user:secret@127.0.0.1")]
    [InlineData("amqp:user:secret@host")]
    [InlineData("amqp://user:secret@host/a/b")]
    [InlineData("amqp://user:secret@host/vhost?heartbeat=5")]
    public void Another_address_is_refused_without_repeating_the_password(string url)
    {
        var refusal = Assert.Throws<ConfigurationException>(() => new MessageBroker(new() { Url = url }));

        Assert.StartsWith("Broker:Url is not the address of a broker", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_says_user_password_virtual_host_and_whether_TLS_proves_the_name_of_the_broker()
    {
        var factory = new MessageBroker(new() { Url = "amqps://us%40er:pass%2Fword@broker.example/the%2Fhost" }).Factory;

        Assert.Equal(
            ("us@er", "pass/word", "the/host", "broker.example", 5671),
            (factory.UserName, factory.Password, factory.VirtualHost, factory.HostName, factory.Endpoint.Port)
        );
        Assert.Equal(
            (true, "broker.example", SslPolicyErrors.None),
            (factory.Ssl.Enabled, factory.Ssl.ServerName, factory.Ssl.AcceptablePolicyErrors)
        );
    }

    [Fact]
    public async Task A_broker_that_is_away_is_seen_and_stops_nothing_else()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Settings["Broker:Url"] = "amqp://127.0.0.1:1";
        var order = await shop.PendingAsync("pay_1");
        await shop.ExecuteAsync("update orders.orders set status = 'FAILED'");
        var host = await shop.RelayAsync("127.0.0.1:1");

        await shop.PaymentsSayAsync(order, "evt-1", "payment.declined", "pay_1");

        await shop.UntilAsync("select count(*) from messages.inbox where outcome = 'LATE'", 1L);
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "broker", Now);
        Assert.Equal((HealthStatus.Degraded, "no messages come from it"), (health.Status, health.Entries["broker"].Description));
    }

    [Fact]
    public async Task Without_an_address_there_is_no_broker()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Settings["Broker:Exchange"] = "shop";
        var host = await shop.RelayAsync("127.0.0.1:1");

        Assert.Null(host.Services.GetService<MessageBroker>());
        Assert.Empty(
            (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "broker", Now)).Entries
        );
    }
}
