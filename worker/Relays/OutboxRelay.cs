using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Hosting.Retries;

namespace TemporalDelivery.Worker.Relays;

/// <summary>
/// Publishes recorded events for others, in order within an aggregate, and names them in the process's log for whoever watches.
/// </summary>
internal sealed class OutboxRelay(Outbox outbox, WakeSignals wake, ILogger<OutboxRelay> logger) : BackgroundService
{
    private const int Batch = 200;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    // No reader is in such a hurry that each event needs a transaction of its own.
    private static readonly TimeSpan ForMore = TimeSpan.FromMilliseconds(50);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new RetryLoop("Publishing events", logger).RunAsync(RelayAsync, stoppingToken);

    private async Task RelayAsync(CancellationToken stoppingToken)
    {
        var published = await outbox.PublishAsync(Batch, stoppingToken);
        foreach (var @event in published)
        {
            logger.LogInformation("Event {Topic} of {AggregateId}: {EventId}", @event.Topic, @event.AggregateId, @event.EventId);
        }

        if (published.Count > 0)
        {
            wake.Signal(Channels.OutboxPublished);
        }

        if (published.Count < Batch && await wake.WaitAsync(Channels.OutboxFilled, Sweep, stoppingToken))
        {
            await Task.Delay(ForMore, stoppingToken);
        }
    }
}

/// <summary>Registers <see cref="OutboxRelay"/>.</summary>
internal static class OutboxRelaySetup
{
    public static void AddOutboxRelay(this HostApplicationBuilder builder) => builder.Services.AddHostedService<OutboxRelay>();
}
