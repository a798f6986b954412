namespace Temporal.Server.Matching;

/// <summary>Who has polled a queue lately. Not thread-safe: its queue's lock guards it.</summary>
internal sealed class SeenPollers(TimeProvider clock)
{
    private const int Most = 1000;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, PollerSeen> byIdentity = new(StringComparer.Ordinal);

    /// <summary>The last poll of anybody.</summary>
    public DateTimeOffset Last { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>About how many there are.</summary>
    public int Count => byIdentity.Count;

    /// <summary>Those of the last minutes, latest first.</summary>
    public IReadOnlyList<PollerSeen> Recent =>
        [.. byIdentity.Values.Where(seen => seen.LastAccess > clock.GetUtcNow() - Remembered).OrderByDescending(seen => seen.LastAccess)];

    /// <summary>A poll begins or ends.</summary>
    public void Note(Poller poller)
    {
        Last = clock.GetUtcNow();
        if (poller.Identity.Length == 0)
        {
            return;
        }

        byIdentity[poller.Identity] = new PollerSeen(poller, Last);
        if (byIdentity.Count > Most)
        {
            foreach (var (identity, _) in byIdentity.OrderBy(pair => pair.Value.LastAccess).Take(Most / 2).ToList())
            {
                byIdentity.Remove(identity);
            }
        }
    }

    /// <summary>Forgets when the last poll was: nobody is expected to come back.</summary>
    public void Forget() => Last = DateTimeOffset.MinValue;
}
