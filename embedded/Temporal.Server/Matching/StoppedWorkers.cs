namespace Temporal.Server.Matching;

/// <summary>
/// Instance keys of workers that were shut down, so that a poll of theirs that comes late gets nothing. Remembers the last ones.
/// </summary>
internal sealed class StoppedWorkers
{
    private const int Most = 10_000;

    private readonly Lock gate = new();
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private readonly Queue<string> order = new();

    /// <summary>A worker was shut down.</summary>
    public void Add(string workerInstanceKey)
    {
        lock (gate)
        {
            if (!keys.Add(workerInstanceKey))
            {
                return;
            }

            order.Enqueue(workerInstanceKey);
            if (order.Count > Most)
            {
                keys.Remove(order.Dequeue());
            }
        }
    }

    /// <summary>Whether a worker was shut down.</summary>
    public bool Contains(string workerInstanceKey)
    {
        lock (gate)
        {
            return workerInstanceKey.Length > 0 && keys.Contains(workerInstanceKey);
        }
    }
}
