namespace TemporalDelivery.Worker.Broker;

/// <summary>The message broker. Configuration section <c>Broker</c>.</summary>
internal sealed record BrokerOptions
{
    /// <summary>
    /// RabbitMQ's address with user, password and virtual host, <c>amqp://…</c> or <c>amqps://…</c>. Not set: there is no broker.
    /// </summary>
    public string? Url { get; init; }

    /// <summary>The topic exchange, through which everything goes. The names of our queues begin with it.</summary>
    public string Exchange { get; init; } = "temporal-delivery";
}
