using TemporalDelivery.Database.Orders;
using TemporalDelivery.Hosting.Retries;

namespace TemporalDelivery.Api.Cancelling;

/// <summary>Asks workflows to cancel their orders until they answer, for callers who do not wait any more.</summary>
internal sealed class CancellationRelay(Cancellations cancellations, OrderCancelling cancelling, ILogger<CancellationRelay> logger)
    : BackgroundService
{
    private const int AtOnce = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // With time to say what came of it.
    private static readonly TimeSpan Lease = Patience + TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new RetryLoop("Cancelling orders", logger).RunAsync(RelayAsync, stoppingToken);

    private async Task RelayAsync(CancellationToken stoppingToken)
    {
        var due = await cancellations.TakeDueAsync(AtOnce, Lease, stoppingToken);
        await Task.WhenAll(due.Select(open => cancelling.AskAsync(open, Patience, stoppingToken)));
        if (due.Count < AtOnce)
        {
            await Task.Delay(Sweep, stoppingToken);
        }
    }
}
