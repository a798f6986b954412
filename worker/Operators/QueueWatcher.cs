using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Hosting.Retries;

namespace TemporalDelivery.Worker.Operators;

/// <summary>
/// Watches over the operators' queue: writes a warning into the log for every task that is opened, counts the open ones for the meter, and
/// looks for messages that do not get on.
/// </summary>
internal sealed class QueueWatcher(
    OperatorTaskWatch watch,
    BacklogTasks backlogs,
    OperatorTaskMeter meter,
    TimeProvider clock,
    ILogger<QueueWatcher> logger
) : BackgroundService
{
    private const int Batch = 100;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenChecks = TimeSpan.FromSeconds(30);

    // Longer than a restart of anything takes.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private DateTimeOffset nextCheck;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new RetryLoop("Watching the operators' queue", logger).RunAsync(WatchAsync, stoppingToken);

    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        if (clock.GetUtcNow() >= nextCheck)
        {
            await backlogs.CheckAsync(Patience, stoppingToken);
            nextCheck = clock.GetUtcNow() + BetweenChecks;
        }

        var announced = await watch.AnnounceAsync(Batch, Announce, stoppingToken);
        meter.Counted(await watch.CountAsync(stoppingToken));
        if (announced < Batch)
        {
            await Task.Delay(Sweep, clock, stoppingToken);
        }
    }

    private void Announce(UnannouncedTask task) =>
        logger.LogWarning(
            "Operator task {Kind} of order {OrderId}, delivery {DeliveryOrderId}: {Detail}",
            task.Kind,
            task.OrderId,
            task.DeliveryOrderId,
            task.Detail
        );
}

/// <summary>Registers <see cref="QueueWatcher"/>.</summary>
internal static class QueueWatcherSetup
{
    public static void AddQueueWatcher(this HostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddMetrics().AddSingleton<OperatorTaskMeter>();
        builder.Services.AddHostedService<QueueWatcher>();
    }
}
