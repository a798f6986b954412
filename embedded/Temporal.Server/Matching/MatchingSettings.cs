namespace Temporal.Server;

/// <summary>
/// How task queues hand out their tasks. The names in parentheses are the real server's, for <c>--dynamic-config-value</c>, the defaults its
/// own (temporalio/temporal, common/dynamicconfig/constants.go).
/// </summary>
public sealed record MatchingSettings
{
    /// <summary>Whether tasks of one priority are shared out among their fairness keys; otherwise they go in order of arrival (<c>matching.enableFairness</c>).</summary>
    public bool EnableFairness { get; init; }

    /// <summary>Fairness keys of one task queue whose weight operators may set (<c>matching.maxFairnessKeyWeightOverrides</c>).</summary>
    public int FairnessWeightOverrides { get; init; } = 1000;

    /// <summary>A worker whose poll was idle for this long has one poll too many (<c>matching.pollerScalingWaitTime</c>).</summary>
    public TimeSpan IdlePoll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>When tasks wait longer than this, workers should poll more (<c>matching.pollerScalingMinimumBacklog</c>).</summary>
    public TimeSpan LongBacklog { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Workers should poll more when tasks come this much faster than they go (<c>matching.pollerScalingTaskAddToDispatchRatio</c>).</summary>
    public double AddToDispatchRatio { get; init; } = 1.2;

    /// <summary>Pieces of such advice a second for each worker that polls (<c>matching.pollerScalingDecisionsPerSecond</c>).</summary>
    public double AdvicePerSecond { get; init; } = 10;
}
