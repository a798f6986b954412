using System.Diagnostics;

namespace TemporalDelivery.Bench.Api;

/// <summary>Begins actions at a fixed rate, whether or not those before have ended.</summary>
internal static class OpenLoop
{
    /// <summary>Runs so many of them.</summary>
    /// <returns>How long each took from when it was due, so that a stall is not hidden.</returns>
    public static async Task<IReadOnlyList<TimeSpan>> RunAsync(
        int rate,
        int count,
        Func<int, CancellationToken, Task> action,
        CancellationToken cancellationToken
    )
    {
        var watch = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var running = new List<Task<TimeSpan>>(count);
        while (running.Count < count)
        {
            var due = TimeSpan.FromSeconds(running.Count / (double)rate);
            while (watch.Elapsed < due)
            {
                await tick.WaitForNextTickAsync(cancellationToken);
            }

            running.Add(MeasureAsync(running.Count, due));
        }

        return await Task.WhenAll(running);

        async Task<TimeSpan> MeasureAsync(int index, TimeSpan due)
        {
            await action(index, cancellationToken);
            return watch.Elapsed - due;
        }
    }
}
