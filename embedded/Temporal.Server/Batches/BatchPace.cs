namespace Temporal.Server.Batches;

/// <summary>Lets so many through a second, evenly.</summary>
internal sealed class BatchPace(double perSecond)
{
    private const double LongestSeconds = 24 * 3600;

    private readonly TimeSpan interval = TimeSpan.FromSeconds(Math.Min(1 / perSecond, LongestSeconds));
    private readonly Lock gate = new();
    private DateTimeOffset next = DateTimeOffset.MinValue;

    /// <summary>Waits for one's turn.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (gate)
        {
            var now = DateTimeOffset.UtcNow;
            var turn = next > now ? next : now;
            next = turn + interval;
            wait = turn - now;
        }

        // Delays are cut to milliseconds; what is nearer is now.
        if (wait >= TimeSpan.FromMilliseconds(1))
        {
            await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
        }
    }
}
