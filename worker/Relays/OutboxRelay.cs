using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Worker.Relays;

/// <summary>Publishes recorded events for others, in order within an aggregate: into the event log and, for whoever watches, the process's log.</summary>
sealed class OutboxRelay(Outbox outbox, Bells bells, ILogger<OutboxRelay> logger) : BackgroundService
{
    const int Batch = 200;
    static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync("Publishing events", RelayAsync, logger, stoppingToken);

    async Task RelayAsync(CancellationToken stoppingToken)
    {
        if (await outbox.PublishAsync(Batch, PublishAsync, stoppingToken) != Batch)
            await bells.WaitAsync(Channels.OutboxFilled, Sweep, stoppingToken);
    }

    async Task PublishAsync(OutboxEvent @event, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await EventLog.AppendAsync(@event, transaction, cancellationToken);
        logger.LogInformation("Event {Topic} of {AggregateId}: {EventId}", @event.Topic, @event.AggregateId, @event.EventId);
    }
}

/// <summary>Registers <see cref="OutboxRelay"/>.</summary>
static class OutboxRelaySetup
{
    public static void AddOutboxRelay(this HostApplicationBuilder builder) => builder.Services.AddHostedService<OutboxRelay>();
}
