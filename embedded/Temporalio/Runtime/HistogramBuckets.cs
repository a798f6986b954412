namespace Temporalio.Runtime;

/// <summary>Upper bounds of histograms' buckets: those that the user says, or else sdk-core's (crates/common/src/telemetry/metrics.rs).</summary>
internal static class HistogramBuckets
{
    private static readonly (string[] Names, double[] Milliseconds)[] OfName =
    [
        (["workflow_endtoend_latency"],
            [100, 500, 1000, 1500, 2000, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 30_600_000, 86_400_000]),
        (["workflow_task_execution_latency", "workflow_task_replay_latency"], [1, 10, 20, 50, 100, 200, 500, 1000]),
        (["activity_execution_latency"], [50, 100, 500, 1000, 5000, 10_000, 60_000]),
        (["workflow_task_schedule_to_start_latency", "activity_schedule_to_start_latency"],
            [100, 500, 1000, 5000, 10_000, 100_000, 1_000_000]),
    ];

    private static readonly double[] OfOthers = [50, 100, 500, 1000, 2500, 10_000];

    /// <param name="name">Name of the histogram, with or without a prefix.</param>
    /// <param name="overrides">The user's, by a part of the name.</param>
    /// <param name="inSeconds">Whether durations are in seconds, in place of milliseconds.</param>
    internal static double[] For(
        string name, IReadOnlyDictionary<string, IReadOnlyCollection<double>>? overrides, bool inSeconds)
    {
        foreach (var (part, buckets) in overrides ?? new Dictionary<string, IReadOnlyCollection<double>>())
        {
            if (name.Contains(part, StringComparison.Ordinal))
            {
                return [.. buckets.Order()];
            }
        }

        var milliseconds = OfName.FirstOrDefault(each => each.Names.Any(known => name.EndsWith(known, StringComparison.Ordinal)))
            .Milliseconds ?? OfOthers;
        return inSeconds ? [.. milliseconds.Select(each => each / 1000)] : milliseconds;
    }
}
