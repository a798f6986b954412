namespace Temporal.Server.Matching;

/// <summary>How many a second, over the last half minute, in steps of seconds. Not thread-safe: its queue's lock guards it.</summary>
internal sealed class TaskRate(TimeProvider clock)
{
    private const int Seconds = 30;

    private readonly int[] counts = new int[Seconds];
    private long current;

    /// <summary>The rate.</summary>
    public float PerSecond => Total / (float)Seconds;

    /// <summary>How many there were in that time.</summary>
    public int Total
    {
        get
        {
            Move();
            return counts.Sum();
        }
    }

    /// <summary>One more, now.</summary>
    public void Count()
    {
        Move();
        counts[current % Seconds]++;
    }

    private void Move()
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        for (var second = Math.Max(current + 1, now - Seconds + 1); second <= now; second++)
        {
            counts[second % Seconds] = 0;
        }

        current = Math.Max(current, now);
    }
}
