namespace TemporalDelivery.Api.Relay;

/// <summary>How accepted orders get to their workflows. Configuration section <c>Relay</c>.</summary>
sealed record RelayOptions
{
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>How many orders are taken at a time.</summary>
    public int Batch { get; init; } = 200;

    /// <summary>How many workflows are started at once.</summary>
    public int Parallel { get; init; } = 16;

    /// <summary>How often to look without having been woken.</summary>
    public TimeSpan Sweep { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long to wait after so many failures in a row: from 200 ms, doubling, up to 5 s.</summary>
    public TimeSpan PauseAfter(int failures) =>
        TimeSpan.FromMilliseconds(Math.Min(100 * Math.Pow(2, Math.Min(failures, 10)), LongestPause.TotalMilliseconds));
}
