using System.Text;
using RabbitMQ.Client;
using TemporalDelivery.Worker.Broker;

namespace TemporalDelivery.Worker.Tests.Broker;

/// <summary>The payment service, and whoever looks at the broker's queues.</summary>
internal sealed class PaymentService(MessageBroker broker, BrokerLink link) : IAsyncDisposable
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public IChannel Channel => link.Channel;

    public BrokerTopology Topology => broker.Topology;

    public static async Task<PaymentService> ConnectAsync(MessageBroker broker) =>
        new(broker, await broker.ConnectAsync("payment service", confirms: true, Now));

    /// <summary>An event as the service words it.</summary>
    public static string Event(Guid order, string eventId, string type = "payment.succeeded", string paymentId = "pay_1") =>
        $$"""
            {"eventId":"{{eventId}}","type":"{{type}}","paymentId":"{{paymentId}}","orderId":"{{order}}","attempt":1,"fee":{"cents":7} }
            """;

    public Task SayAsync(string body) => SayAsync(Encoding.UTF8.GetBytes(body));

    /// <summary>Publishes, until the broker has it. One that dies may leave a confirmation open for ever.</summary>
    /// <exception cref="TimeoutException">It does not say that it has.</exception>
    public Task SayAsync(byte[] body) =>
        Channel
            .BasicPublishAsync(
                Topology.Exchange,
                "payment.succeeded",
                mandatory: true,
                new BasicProperties { Persistent = true },
                body,
                Now
            )
            .AsTask()
            .WaitAsync(TimeSpan.FromSeconds(20), Now);

    /// <summary>How many messages of the queue nobody has taken.</summary>
    public Task<uint> CountAsync(string queue) => Channel.MessageCountAsync(queue, Now);

    /// <summary>Waits until the queue holds so many that nobody has taken.</summary>
    public Task UntilAsync(string queue, uint count) => UntilAsync($"{queue} holds {count}", async () => await CountAsync(queue) == count);

    /// <summary>Waits until somebody consumes what we say.</summary>
    public Task UntilConsumedAsync() =>
        UntilAsync("it is consumed", async () => await Channel.ConsumerCountAsync(Topology.Payments, Now) > 0);

    /// <summary>Waits until it is so. Only looking tells: the broker tells nobody.</summary>
    public static async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await isSo())
        {
            Assert.False(patience.IsCancellationRequested, $"it has not come to this: {what}");
            await pace.WaitForNextTickAsync(Now);
        }
    }

    /// <summary>Takes all that is in the queue.</summary>
    public async Task<IReadOnlyList<BasicGetResult>> TakeAllAsync(string queue)
    {
        var taken = new List<BasicGetResult>();
        while (await Channel.BasicGetAsync(queue, autoAck: true, Now) is { } message)
        {
            taken.Add(message);
        }

        return taken;
    }

    public ValueTask DisposeAsync() => link.DisposeAsync();
}
