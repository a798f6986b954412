using System.Collections.Concurrent;
using System.Diagnostics;

namespace TemporalDelivery.Bench.Engine;

/// <summary>Keeps a number of actions going for a time.</summary>
internal static class ClosedLoop
{
    /// <summary>Runs the action over and over, so many at a time.</summary>
    /// <returns>How long each took, and how long it took until the last had ended.</returns>
    public static async Task<(IReadOnlyCollection<TimeSpan> Latencies, TimeSpan Elapsed)> RunAsync(
        int concurrency,
        TimeSpan time,
        Func<CancellationToken, Task> action,
        CancellationToken cancellationToken
    )
    {
        var latencies = new ConcurrentBag<TimeSpan>();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable
                .Range(0, concurrency)
                .Select(_ =>
                    Task.Run(
                        async () =>
                        {
                            while (watch.Elapsed < time)
                            {
                                var started = watch.Elapsed;
                                await action(cancellationToken);
                                latencies.Add(watch.Elapsed - started);
                            }
                        },
                        cancellationToken
                    )
                )
        );
        return (latencies, watch.Elapsed);
    }
}
