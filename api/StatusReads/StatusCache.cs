namespace TemporalDelivery.Api.StatusReads;

/// <summary>
/// Rows of the read model held in the process. A row leaves when the database says that it changed; while nobody listens to the database
/// nothing is held, because a change would go unnoticed.
/// </summary>
/// <param name="load">Reads one row; null when there is none.</param>
/// <param name="capacity">About how many bytes to hold at most.</param>
internal sealed class StatusCache(Func<Guid, CancellationToken, Task<StatusDocument?>> load, long capacity)
{
    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private bool listening;

    // Two generations bound the memory and keep what is asked for: when the young one has its half it becomes the old one, whose rows are
    // forgotten.
    private Dictionary<Guid, Entry> young = [];
    private Dictionary<Guid, Entry> old = [];
    private long youngBytes;

    /// <summary>About how many bytes the rows take that are held.</summary>
    public long HeldBytes
    {
        get
        {
            lock (gate)
            {
                return young.Values.Concat(old.Values).Sum(entry => entry.Bytes);
            }
        }
    }

    /// <summary>The row, or null when there is none.</summary>
    public async ValueTask<StatusDocument?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var found = Held(id) ?? load(id, cancellationToken);
        return found.IsCompletedSuccessfully ? found.Result : await found.WaitAsync(cancellationToken);
    }

    /// <summary>The row changed.</summary>
    public void Forget(Guid id)
    {
        lock (gate)
        {
            if (young.Remove(id, out var entry))
            {
                youngBytes -= entry.Bytes;
            }

            old.Remove(id);
        }
    }

    /// <summary>From now on every change is told: begins empty.</summary>
    public void Listen() => Restart(true);

    /// <summary>Changes are not told any more: holds nothing.</summary>
    public void StopListening() => Restart(false);

    private void Restart(bool now)
    {
        lock (gate)
        {
            listening = now;
            young = [];
            old = [];
            youngBytes = 0;
        }
    }

    // Null while nothing may be held.
    private Task<StatusDocument?>? Held(Guid id)
    {
        lock (gate)
        {
            if (!listening)
            {
                return null;
            }

            if (young.TryGetValue(id, out var entry))
            {
                return entry.Row;
            }
            // Entered before it is read: a change that the read does not see removes it again.
            if (!old.Remove(id, out entry))
            {
                entry = new Entry();
                entry.Row = LoadAsync(id, entry);
            }

            young[id] = entry;
            Grow(entry.Bytes);
            return entry.Row;
        }
    }

    private void Grow(long bytes)
    {
        youngBytes += bytes;
        if (youngBytes > capacity / 2)
        {
            (old, young, youngBytes) = (young, [], 0);
        }
    }

    // Several callers may wait for one read, so it ends with none of them.
    private async Task<StatusDocument?> LoadAsync(Guid id, Entry entry)
    {
        await Task.Yield();
        using var deadline = new CancellationTokenSource(LoadTimeout);
        StatusDocument? row = null;
        try
        {
            row = await load(id, deadline.Token);
            return row;
        }
        finally
        {
            if (row is null)
            {
                // Neither a failure nor an absence is worth a place.
                Forget(id);
            }
            else
            {
                Weigh(id, entry, row);
            }
        }
    }

    private void Weigh(Guid id, Entry entry, StatusDocument row)
    {
        lock (gate)
        {
            entry.Bytes += row.Json.Length;
            if (young.TryGetValue(id, out var held) && held == entry)
            {
                Grow(row.Json.Length);
            }
        }
    }

    private sealed class Entry
    {
        // Roughly what the document's other fields, the task and the places in the dictionaries take.
        private const long Overhead = 512;

        public Task<StatusDocument?> Row { get; set; } = Task.FromResult<StatusDocument?>(null);

        /// <summary>About how many bytes of memory it takes; changed under the cache's lock only.</summary>
        public long Bytes { get; set; } = Overhead;
    }
}
