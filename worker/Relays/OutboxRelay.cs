using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Worker.Relays;

/// <summary>Publishes recorded events for others, in order within an aggregate, and names them in the process's log for whoever watches.</summary>
sealed class OutboxRelay(Outbox outbox, Bells bells, ILogger<OutboxRelay> logger) : BackgroundService
{
    const int Batch = 200;
    static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync("Publishing events", RelayAsync, logger, stoppingToken);

    async Task RelayAsync(CancellationToken stoppingToken)
    {
        var published = await outbox.PublishAsync(Batch, stoppingToken);
        foreach (var @event in published ?? [])
        {
            logger.LogInformation("Event {Topic} of {AggregateId}: {EventId}", @event.Topic, @event.AggregateId, @event.EventId);
        }

        if (published?.Count != Batch)
        {
            await bells.WaitAsync(Channels.OutboxFilled, Sweep, stoppingToken);
        }
    }
}

/// <summary>Registers <see cref="OutboxRelay"/>.</summary>
static class OutboxRelaySetup
{
    public static void AddOutboxRelay(this HostApplicationBuilder builder) => builder.Services.AddHostedService<OutboxRelay>();
}
