using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Hosting.Postgres;
using DatabaseChannels = TemporalDelivery.Database.Messaging.Channels;

namespace TemporalDelivery.Api.StatusReads;

/// <summary>The status of orders and deliveries, as fast as memory and as fresh as the database's last word.</summary>
internal sealed class StatusCaches(StatusReader reader, StatusReadOptions options) : INotificationHandler
{
    private readonly StatusCache orders = new(
        async (id, cancellation) => await reader.FindOrderAsync(id, cancellation) is { } order ? StatusDocument.Of(order) : null,
        options.CacheBytes
    );

    private readonly StatusCache deliveries = new(
        async (id, cancellation) => await reader.FindDeliveryAsync(id, cancellation) is { } delivery ? StatusDocument.Of(delivery) : null,
        options.CacheBytes
    );

    public IReadOnlyList<string> Channels { get; } = [DatabaseChannels.OrderViewChanged, DatabaseChannels.DeliveryViewChanged];

    /// <summary>The order, or null.</summary>
    public ValueTask<StatusDocument?> FindOrderAsync(Guid orderId, CancellationToken cancellationToken) =>
        orders.FindAsync(orderId, cancellationToken);

    /// <summary>The delivery order, or null.</summary>
    public ValueTask<StatusDocument?> FindDeliveryAsync(Guid deliveryOrderId, CancellationToken cancellationToken) =>
        deliveries.FindAsync(deliveryOrderId, cancellationToken);

    public void Connected()
    {
        orders.Listen();
        deliveries.Listen();
    }

    public void Disconnected()
    {
        orders.StopListening();
        deliveries.StopListening();
    }

    public void Notified(string channel, string payload)
    {
        if (Guid.TryParse(payload, out var id))
        {
            (channel == DatabaseChannels.OrderViewChanged ? orders : deliveries).Forget(id);
        }
    }
}
