using System.Text;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using TemporalDelivery.Tests.Processes.Receivers;

namespace TemporalDelivery.Chaos.Receivers;

/// <summary>The broker's queue for order management, which nobody reads before everything is at rest.</summary>
internal static class BrokerQueue
{
    /// <summary>The outbox reader that fills it.</summary>
    public const string Reader = "broker";

    /// <summary>Who receives what is in it.</summary>
    public const string Name = "temporal-delivery.order-management";

    /// <summary>Takes out all that is in it.</summary>
    public static async Task<IReadOnlyList<ReceivedMessage>> DrainAsync(string url, CancellationToken cancellationToken)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(url) }.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var messages = new List<ReceivedMessage>();
        while (await channel.BasicGetAsync(Name, autoAck: true, cancellationToken) is { } message)
        {
            var orderId = message.BasicProperties.Headers?["order-id"] as byte[] ?? [];
            var content = new JsonObject
            {
                ["type"] = message.RoutingKey,
                ["orderId"] = Encoding.UTF8.GetString(orderId),
                ["data"] = JsonNode.Parse(message.Body.Span),
            };
            messages.Add(
                new(Reader, Name, messages.Count, message.BasicProperties.MessageId ?? "none", content.ToJsonString(), IsSigned: true)
            );
        }

        return messages;
    }
}
