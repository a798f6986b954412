using TemporalDelivery.Database;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Hosting.Retries;
using DatabaseChannels = TemporalDelivery.Database.Messaging.Channels;

namespace TemporalDelivery.Api.Relay;

/// <summary>
/// Starts the workflow of every accepted order. Woken by the accepting commit, and by a sweep for what was accepted while nobody listened.
/// Any number of hosts may do this at once: a workflow id is started once.
/// </summary>
internal sealed class AcceptedOrdersRelay(
    PendingStarts pending,
    OrderStarter starter,
    WakeSignals wake,
    RelayOptions options,
    ILogger<AcceptedOrdersRelay> logger
) : BackgroundService, INotificationHandler
{
    public IReadOnlyList<string> Channels { get; } = [DatabaseChannels.OrderAccepted];

    // Notifications sent before the connection are lost: look once now.
    public void Connected() => Wake();

    public void Disconnected() { }

    public void Notified(string channel, string payload) => Wake();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new RetryLoop("Starting accepted orders", logger).RunAsync(RelayAsync, stoppingToken);

    private async Task RelayAsync(CancellationToken stoppingToken)
    {
        var orders = await pending.ListAsync(options.Batch, stoppingToken);
        var started = new bool[orders.Count];
        await Parallel.ForAsync(
            0,
            orders.Count,
            new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = stoppingToken },
            async (index, cancellation) => started[index] = await starter.StartAsync(orders[index], cancellation)
        );

        var done = orders.Where((_, index) => started[index]).ToList();
        if (done.Count > 0)
        {
            await pending.MarkStartedAsync(done, stoppingToken);
        }

        // After a failure it is not the next order that wakes, but time.
        if (done.Count < orders.Count)
        {
            throw new InvalidOperationException($"{orders.Count - done.Count} of {orders.Count} could not be started");
        }

        if (orders.Count < options.Batch)
        {
            await wake.WaitAsync(DatabaseChannels.OrderAccepted, options.Sweep, stoppingToken);
        }
    }

    private void Wake() => wake.Signal(DatabaseChannels.OrderAccepted);
}
