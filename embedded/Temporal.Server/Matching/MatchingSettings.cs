namespace Temporal.Server;

/// <summary>
/// When workers are told to poll more or less, which SDKs with automatic pollers follow. The values are the real server's defaults
/// (temporalio/temporal, common/dynamicconfig/constants.go).
/// </summary>
public sealed record MatchingSettings
{
    /// <summary>A worker whose poll was idle for this long has one poll too many.</summary>
    public TimeSpan IdlePoll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>When tasks wait longer than this, workers should poll more.</summary>
    public TimeSpan LongBacklog { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Workers should poll more when tasks come this much faster than they go.</summary>
    public double AddToDispatchRatio { get; init; } = 1.2;

    /// <summary>Pieces of such advice a second for each worker that polls.</summary>
    public double AdvicePerSecond { get; init; } = 10;
}
