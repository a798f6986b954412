using TemporalDelivery.Database.Orders;
using TemporalDelivery.Hosting.Retries;

namespace TemporalDelivery.Api.Cancelling;

/// <summary>
/// Asks workflows to cancel their orders until they answer, for callers who do not wait any more. So many are asked at once: fewer that do
/// not answer hold up no other; as many hold up the rest until the patience with one of them is over.
/// </summary>
internal sealed class CancellationRelay(Cancellations cancellations, OrderCancelling cancelling, ILogger<CancellationRelay> logger)
    : BackgroundService
{
    private const int AtOnce = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // With time to say what came of it.
    private static readonly TimeSpan Lease = Patience + TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    private readonly List<Task> inFlight = [];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new RetryLoop("Cancelling orders", logger).RunAsync(RelayAsync, stoppingToken);

    private async Task RelayAsync(CancellationToken stoppingToken)
    {
        var free = AtOnce - inFlight.Count;
        if (free > 0)
        {
            var due = await cancellations.TakeDueAsync(free, Lease, stoppingToken);
            inFlight.AddRange(due.Select(open => cancelling.AskAsync(open, Patience, stoppingToken)));
        }

        await Task.WhenAny([.. inFlight, Task.Delay(Sweep, stoppingToken)]);
        foreach (var answered in inFlight.Where(asked => asked.IsCompleted).ToList())
        {
            inFlight.Remove(answered);
            await answered;
        }
    }
}
