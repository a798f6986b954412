using System.Collections.Concurrent;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Simulators.Payments;

namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>Order management and the payment service at the broker: reads the one's queue, sends the other's messages.</summary>
internal sealed class OrderManagement : IAsyncDisposable
{
    private const string Exchange = "temporal-delivery";
    private const string Queue = $"{Exchange}.order-management";
    private const string Succeeded = "payment.succeeded";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private readonly ConcurrentDictionary<string, (Guid Order, string Topic)> received = new();
    private readonly IConnection connection;
    private IChannel? channel;

    private OrderManagement(IConnection connection) => this.connection = connection;

    /// <summary>Connects, and consumes as soon as the worker has made the queue.</summary>
    /// <exception cref="ConfigurationException">There is no broker at this address.</exception>
    public static async Task<OrderManagement> StartAsync(string url, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
        {
            throw new ConfigurationException("Broker:Url is no address like amqp://user:password@127.0.0.1:5672");
        }

        try
        {
            var management = new OrderManagement(await new ConnectionFactory { Uri = address }.CreateConnectionAsync(cancellationToken));
            await management.ConsumeAsync(cancellationToken);
            return management;
        }
        catch (BrokerUnreachableException failure)
        {
            throw new ConfigurationException($"the broker cannot be reached: {failure.GetBaseException().Message}", failure);
        }
    }

    /// <summary>The topics that came about an order, each as often as with another id.</summary>
    public IEnumerable<string> TopicsOf(Guid order) => received.Values.Where(message => message.Order == order).Select(told => told.Topic);

    /// <summary>Says that a charge was settled.</summary>
    public async Task PublishPaymentAsync(PaymentEntry.Charged charge, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.UtcNow;
        var settled = new PaymentEvent(
            $"evt_{Guid.CreateVersion7(now):N}",
            Succeeded,
            charge.PaymentId,
            charge.OrderId,
            charge.Attempt,
            Reason: null,
            now
        );
        await using var own = await connection.CreateChannelAsync(
            new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
            cancellationToken
        );
        await own.BasicPublishAsync(
            Exchange,
            Succeeded,
            mandatory: true,
            new BasicProperties { ContentType = "application/json", Persistent = true },
            JsonSerializer.SerializeToUtf8Bytes(settled, Json),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await connection.AbortAsync();
        await (channel?.DisposeAsync() ?? ValueTask.CompletedTask);
        await connection.DisposeAsync();
    }

    private async Task ConsumeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                await channel.QueueDeclarePassiveAsync(Queue, cancellationToken);
                break;
            }
            catch (OperationInterruptedException)
            {
                // The worker has yet to make it; the question has cost the channel.
                await channel.DisposeAsync();
                await Task.Delay(Pause, cancellationToken);
            }
        }

        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            var order = JsonElement.Parse(message.Body.Span).GetProperty("orderId").GetGuid();
            received[message.BasicProperties.MessageId!] = (order, message.RoutingKey);
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, message.CancellationToken);
        };
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer, cancellationToken);
    }
}
