namespace Temporal.Server.Matching;

/// <summary>
/// Stride scheduling among the fairness keys of one priority. Each task gets a pass, one stride after that of its key's last task, and smaller
/// passes go first; a key of twice the weight has half the stride, and so twice the tasks. A key that comes back begins where the others are
/// now: nobody saves up turns. (temporalio/temporal, service/matching/fair_task_writer.go.) Not thread-safe: its queue's lock guards it.
/// </summary>
internal sealed class FairPasses
{
    private const int StrideOfWeightOne = 1000;
    private const float SmallestWeight = 0.001f;
    private const int MostKeys = 10_000;

    private readonly Dictionary<string, long> lastByKey = new(StringComparer.Ordinal);
    private long current;

    /// <summary>Keys that are remembered.</summary>
    public int KeyCount => lastByKey.Count;

    /// <summary>The pass of a new task.</summary>
    /// <param name="key">Its fairness key; those without one share the empty key.</param>
    /// <param name="weight">Its key's weight; what is not above zero counts as one.</param>
    public long Next(string key, float weight)
    {
        var stride = Math.Max(1, (long)(StrideOfWeightOne / (weight > 0 ? Math.Max(weight, SmallestWeight) : 1)));
        var pass = Math.Max(current, lastByKey.GetValueOrDefault(key) + stride);
        lastByKey[key] = pass;
        if (lastByKey.Count > MostKeys)
        {
            ForgetHalf();
        }

        return pass;
    }

    /// <summary>The task of a pass has gone.</summary>
    public void Advance(long pass) => current = Math.Max(current, pass);

    // The keys that are furthest behind: they begin anew where the others are, which is little more than they had.
    private void ForgetHalf()
    {
        foreach (var (key, _) in lastByKey.OrderBy(pair => pair.Value).Take(MostKeys / 2).ToList())
        {
            lastByKey.Remove(key);
        }
    }
}
