namespace Temporal.Server.Matching;

/// <summary>What is known of a queue at one moment.</summary>
internal sealed record TaskQueueReport
{
    /// <summary>Tasks waiting.</summary>
    public required int BacklogCount { get; init; }

    /// <summary>How long the oldest has waited.</summary>
    public required TimeSpan BacklogAge { get; init; }

    /// <summary>The same by priority key.</summary>
    public required IReadOnlyDictionary<int, (int Count, TimeSpan Age)> ByPriority { get; init; }

    /// <summary>Tasks a second that came, over the last half minute.</summary>
    public required float AddRate { get; init; }

    /// <summary>Tasks a second that were handed out, over the last half minute.</summary>
    public required float DispatchRate { get; init; }

    /// <summary>Tasks wait because of the limit.</summary>
    public required bool IsLimiting { get; init; }

    /// <summary>The limit in tasks a second; null for none.</summary>
    public required double? Limit { get; init; }

    /// <summary>Who polled in the last minutes, latest first.</summary>
    public required IReadOnlyList<PollerSeen> Pollers { get; init; }
}
