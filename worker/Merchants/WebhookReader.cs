using TemporalDelivery.Database.Merchants;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Worker.Relays;

namespace TemporalDelivery.Worker.Merchants;

/// <summary>Records what merchants' endpoints are to be told of; <see cref="WebhookSender"/> tells them.</summary>
internal sealed class WebhookReader(WebhookOutbox outbox) : IOutboxReader
{
    public string Name => "webhooks";

    // What is the customers' own is not merchants' business.
    public bool Wants(string topic) =>
        topic.StartsWith("order.", StringComparison.Ordinal) || topic.StartsWith("delivery.", StringComparison.Ordinal);

    public Task ReadAsync(OutboxEvent message, CancellationToken cancellationToken) =>
        outbox.RecordAsync(message.Position, cancellationToken);
}
