using System.Globalization;

namespace TemporalDelivery.Bench;

/// <summary>Latencies of a run, in milliseconds.</summary>
internal sealed record Percentiles(int Count, double P50, double P95, double P99, double Max)
{
    /// <summary>Of at least one sample; the percentile is the smallest sample that so many are not above.</summary>
    public static Percentiles Of(IEnumerable<TimeSpan> samples)
    {
        var sorted = samples.Select(sample => sample.TotalMilliseconds).Order().ToArray();
        double At(double share) => sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
        return new(sorted.Length, At(0.50), At(0.95), At(0.99), sorted[^1]);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"p50_ms={P50:F1} p95_ms={P95:F1} p99_ms={P99:F1} max_ms={Max:F1} n={Count}");
}
