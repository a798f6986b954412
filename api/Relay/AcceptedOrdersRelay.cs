using Microsoft.Extensions.Options;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Orders;

namespace TemporalDelivery.Api.Relay;

/// <summary>
/// Starts the workflow of every accepted order. Woken by the accepting commit, and by a sweep for what was accepted while nobody listened.
/// Any number of hosts may do this at once: a workflow id is started once.
/// </summary>
sealed class AcceptedOrdersRelay(PendingStarts pending, OrderStarter starter, IOptions<RelayOptions> options, ILogger<AcceptedOrdersRelay> log)
    : BackgroundService, IDatabaseListener
{
    readonly SemaphoreSlim wake = new(0, 1);

    public IReadOnlyList<string> Channels { get; } = [Database.Messaging.Channels.OrderAccepted];

    // What was accepted in the meantime was not told.
    public void Connected() => Wake();

    public void Disconnected()
    {
    }

    public void Notified(string channel, string payload) => Wake();

    public override void Dispose()
    {
        base.Dispose();
        wake.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var (found, started) = await RelayAsync(stoppingToken);
                failures = started < found ? failures + 1 : 0;
                if (started == found && found == options.Value.Batch)
                    continue;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                failures++;
                log.LogWarning("Accepted orders wait: {Reason}", failure.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            // After a failure it is not the next order that wakes, but time.
            var next = failures > 0 ? Task.Delay(options.Value.PauseAfter(failures), stoppingToken) : wake.WaitAsync(options.Value.Sweep, stoppingToken);
            await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task<(int Found, int Started)> RelayAsync(CancellationToken cancellationToken)
    {
        var orders = await pending.ListAsync(options.Value.Batch, cancellationToken);
        if (orders.Count == 0)
            return (0, 0);
        var started = new bool[orders.Count];
        await Parallel.ForAsync(0, orders.Count, new ParallelOptions { MaxDegreeOfParallelism = options.Value.Parallel, CancellationToken = cancellationToken },
            async (index, cancellation) => started[index] = await starter.StartAsync(orders[index], cancellation));
        var done = orders.Where((_, index) => started[index]).ToList();
        if (done.Count > 0)
            await pending.MarkStartedAsync(done, cancellationToken);
        return (orders.Count, done.Count);
    }

    void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake, or about to be.
        }
    }
}
