namespace Temporal.Server.Admission;

/// <summary>So many calls per second, with a reserve for bursts.</summary>
internal sealed class TokenBucket
{
    private readonly double perSecond;
    private readonly double burst;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private double tokens;
    private long filled;

    /// <summary>A full bucket.</summary>
    public TokenBucket(double perSecond, double burst, TimeProvider clock)
    {
        this.perSecond = perSecond;
        this.burst = burst;
        this.clock = clock;
        tokens = burst;
        filled = clock.GetTimestamp();
    }

    /// <summary>Takes a token if there is one.</summary>
    public bool TryTake()
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            tokens = Math.Min(burst, tokens + (clock.GetElapsedTime(filled, now).TotalSeconds * perSecond));
            filled = now;
            if (tokens < 1)
            {
                return false;
            }

            tokens--;
            return true;
        }
    }
}
