using RabbitMQ.Client;

namespace TemporalDelivery.Worker.Broker;

/// <summary>
/// The exchange and the queues, by their names. All are durable; a queue that is full refuses more, so that what it refuses stays where it
/// is durable too: in our outbox, with the payment service, or in the queue that it would have left.
/// </summary>
internal sealed class BrokerTopology(string exchange)
{
    private const int MaxMessages = 100_000;

    // Counted for each message: it comes back from a worker that dies, and from a database that refuses just this one.
    private const int MaxDeliveries = 50;

    private static readonly string[] PaymentTopics = ["payment.succeeded", "payment.failed"];

    /// <summary>What we publish.</summary>
    public static IReadOnlyCollection<string> Published { get; } = ["order.completed", "order.failed", "delivery.confirmed"];

    /// <summary>The topic exchange; a message's routing key is its topic.</summary>
    public string Exchange => exchange;

    /// <summary>All that we publish, in one queue: so the messages of an order keep their order.</summary>
    public string OrderManagement => $"{exchange}.order-management";

    /// <summary>What the payment service tells us.</summary>
    public string Payments => $"{exchange}.payments";

    /// <summary>What of that could not be dealt with, however often it came.</summary>
    public string DeadPayments => $"{exchange}.payments.dead";

    /// <summary>Makes what is not there.</summary>
    public async Task DeclareAsync(IChannel channel, CancellationToken cancellationToken)
    {
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true, cancellationToken: cancellationToken);
        await QueueAsync(OrderManagement, [], Published);
        await QueueAsync(DeadPayments, [], []);
        await QueueAsync(
            Payments,
            new()
            {
                // One worker at a time, so that messages are stored in their order; another takes over when it dies.
                ["x-single-active-consumer"] = true,
                ["x-delivery-limit"] = MaxDeliveries,
                ["x-dead-letter-exchange"] = "",
                ["x-dead-letter-routing-key"] = DeadPayments,
                ["x-dead-letter-strategy"] = "at-least-once",
            },
            PaymentTopics
        );

        async Task QueueAsync(string queue, Dictionary<string, object?> arguments, IReadOnlyCollection<string> topics)
        {
            arguments["x-queue-type"] = "quorum";
            arguments["x-max-length"] = MaxMessages;
            arguments["x-overflow"] = "reject-publish";
            await channel.QueueDeclareAsync(
                queue,
                durable: true,
                exclusive: false,
                autoDelete: false,
                arguments,
                cancellationToken: cancellationToken
            );
            foreach (var topic in topics)
            {
                await channel.QueueBindAsync(queue, exchange, topic, cancellationToken: cancellationToken);
            }
        }
    }
}
