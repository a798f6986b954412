using Temporalio.Worker.Telemetry;

namespace Temporalio.Worker.Execution;

/// <summary>The runs kept in memory, each used by one task at a time; the least recently used idle ones go first.</summary>
internal sealed class RunCache(int capacity, WorkflowMetrics metrics)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = [];
    private readonly LinkedList<Entry> byUse = new();

    /// <summary>Waits until no other task uses the run, then keeps it for this one.</summary>
    internal async Task<Lease> LeaseAsync(string runId, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (gate)
        {
            if (!entries.TryGetValue(runId, out entry!))
            {
                entry = new(runId);
                entries.Add(runId, entry);
            }
            entry.Users++;
            if (entry.Place.List != null)
            {
                byUse.Remove(entry.Place);
            }
            byUse.AddLast(entry.Place);
        }
        try
        {
            await entry.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Release(entry);
            throw;
        }
        return new(this, entry);
    }

    internal void Clear()
    {
        lock (gate)
        {
            foreach (var entry in entries.Values)
            {
                entry.Run?.Dispose();
            }
            entries.Clear();
            byUse.Clear();
        }
    }

    private void Release(Entry entry)
    {
        lock (gate)
        {
            entry.Users--;
            if (entry.Users == 0 && entry.Run == null && entry.Deadlock == null)
            {
                Remove(entry);
            }
            for (var node = byUse.First; node != null && entries.Count > capacity;)
            {
                var following = node.Next;
                if (node.Value.Users == 0)
                {
                    node.Value.Run?.Dispose();
                    Remove(node.Value);
                    metrics.Evicted();
                }
                node = following;
            }
            metrics.CacheSize(entries.Count);
        }
    }

    private void Remove(Entry entry)
    {
        if (entries.TryGetValue(entry.RunId, out var known) && known == entry)
        {
            entries.Remove(entry.RunId);
            byUse.Remove(entry.Place);
        }
    }

    /// <summary>The sole use of a run.</summary>
    internal sealed class Lease : IDisposable
    {
        private readonly RunCache cache;
        private readonly Entry entry;

        internal Lease(RunCache cache, Entry entry)
        {
            this.cache = cache;
            this.entry = entry;
        }

        /// <summary>Gets the cached run, or null.</summary>
        internal WorkflowRun? Run => entry.Run;

        /// <summary>Gets a value indicating whether a turn of this run has not come back yet.</summary>
        internal bool IsDeadlocked => entry.Deadlock is { IsCompleted: false };

        internal void Keep(WorkflowRun run) => entry.Run = run;

        internal void Evict()
        {
            if (entry.Run is { } run)
            {
                entry.Deadlock = run.Deadlock;
                run.Dispose();
                entry.Run = null;
            }
        }

        public void Dispose()
        {
            entry.Turn.Release();
            cache.Release(entry);
        }
    }

    internal sealed class Entry
    {
        internal Entry(string runId)
        {
            RunId = runId;
            Place = new(this);
        }

        internal string RunId { get; }

        internal LinkedListNode<Entry> Place { get; }

        internal SemaphoreSlim Turn { get; } = new(1);

        internal int Users { get; set; }

        internal WorkflowRun? Run { get; set; }

        internal Task? Deadlock { get; set; }
    }
}
