namespace TemporalDelivery.Hosting.Retries;

/// <summary>
/// How long to wait after failures in a row: the shortest pause first, then each twice the one before, never more than the longest.
/// </summary>
public sealed record Backoff(TimeSpan Shortest, TimeSpan Longest)
{
    /// <summary>From 0.1 s to 5 s.</summary>
    public static Backoff Standard { get; } = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));

    /// <summary>The pause after so many failures in a row; none after no failure.</summary>
    public TimeSpan After(int failures) =>
        failures <= 0 ? TimeSpan.Zero : TimeSpan.FromTicks((long)Math.Min(Shortest.Ticks * Math.Pow(2, failures - 1), Longest.Ticks));
}
