using System.Text;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Database.ReadModel;

namespace TemporalDelivery.Api.StatusReads;

/// <summary>A row of the read model, ready to be sent.</summary>
/// <param name="Id">The order or delivery order.</param>
/// <param name="CustomerId">The customer who may read it.</param>
/// <param name="Status">Its status or state, by wire name.</param>
/// <param name="ETag">Changes with whatever a reader could see.</param>
/// <param name="Json">The answer, UTF-8.</param>
public sealed record StatusDocument(Guid Id, Guid CustomerId, string Status, string ETag, ReadOnlyMemory<byte> Json)
{
    public static StatusDocument Of(OrderDocument order) =>
        new(order.OrderId, order.CustomerId, order.Status, EntityTag.Of(order.Version), Encoding.UTF8.GetBytes(order.Json));

    /// <summary>The document with one more text, for readers who may see it; its tag tells the text's generation too.</summary>
    public StatusDocument With(string name, string text, string generation) =>
        this with
        {
            ETag = $"{ETag[..^1]}-{generation}\"",
            Json = (byte[])[.. Encoding.UTF8.GetBytes($"{{\"{name}\": \"{text}\", "), .. Json.Span[1..]],
        };

    public static StatusDocument Of(DeliveryDocument delivery) =>
        new(
            delivery.DeliveryOrderId,
            delivery.CustomerId,
            delivery.State,
            EntityTag.Of(delivery.Version),
            Encoding.UTF8.GetBytes(delivery.Json)
        );
}
