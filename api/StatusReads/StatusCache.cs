namespace TemporalDelivery.Api.StatusReads;

/// <summary>
/// Rows of the read model held in the process. A row leaves when the database says that it changed; while nobody listens to the database
/// nothing is held, because a change would go unnoticed.
/// </summary>
/// <param name="load">Reads one row; null when there is none.</param>
/// <param name="capacity">About how many rows to hold at most.</param>
internal sealed class StatusCache(Func<Guid, CancellationToken, Task<StatusDocument?>> load, int capacity)
{
    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private bool listening;

    // Two generations bound the memory and keep what is asked for: when the young one is full it becomes the old one, whose rows are
    // forgotten.
    private Dictionary<Guid, Task<StatusDocument?>> young = [];
    private Dictionary<Guid, Task<StatusDocument?>> old = [];

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
            young.Remove(id);
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

            if (young.TryGetValue(id, out var row))
            {
                return row;
            }
            // Entered before it is read: a change that the read does not see removes it again.
            if (!old.Remove(id, out row))
            {
                row = LoadAsync(id);
            }

            Enter(id, row);
            return row;
        }
    }

    private void Enter(Guid id, Task<StatusDocument?> row)
    {
        if (young.Count >= capacity / 2)
        {
            (old, young) = (young, []);
        }

        young[id] = row;
    }

    // Several callers may wait for one read, so it ends with none of them.
    private async Task<StatusDocument?> LoadAsync(Guid id)
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
            // Neither a failure nor an absence is worth a place.
            if (row is null)
            {
                Forget(id);
            }
        }
    }
}
