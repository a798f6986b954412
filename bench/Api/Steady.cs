using System.Diagnostics;

namespace TemporalDelivery.Bench.Api;

/// <summary>Orders that are placed and seen through, so many at a time.</summary>
/// <param name="Orders">All of them.</param>
/// <param name="Elapsed">From the first POST to the last COMPLETED.</param>
internal sealed record Steady(IReadOnlyList<FinishedOrder> Orders, TimeSpan Elapsed)
{
    /// <summary>Orders per second.</summary>
    public double Rate => Orders.Count / Elapsed.TotalSeconds;

    public static async Task<Steady> RunAsync(
        ShopClient shop,
        OrderShape shape,
        int count,
        int concurrency,
        CancellationToken cancellationToken
    )
    {
        var orders = new FinishedOrder[count];
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken },
            async (index, token) => orders[index] = await shop.PlaceAndFinishAsync(shape, token)
        );
        return new(orders, watch.Elapsed);
    }
}
