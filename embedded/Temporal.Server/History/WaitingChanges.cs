namespace Temporal.Server.History;

/// <summary>The changes that wait for one run, oldest first. Each is taken once, or withdrawn.</summary>
internal sealed class WaitingChanges
{
    // Together they must not make a commit that holds everybody up.
    private const int Together = 64;

    private readonly Lock gate = new();
    private readonly List<WaitingChange> waiting = [];

    /// <summary>Adds one.</summary>
    public void Add(WaitingChange change)
    {
        lock (gate)
        {
            waiting.Add(change);
        }
    }

    /// <summary>Takes as many as may be made together.</summary>
    public IReadOnlyList<WaitingChange> Take()
    {
        lock (gate)
        {
            var taken = waiting.GetRange(0, Math.Min(Together, waiting.Count));
            waiting.RemoveRange(0, taken.Count);
            return taken;
        }
    }

    /// <summary>Takes one back; false when it has been taken, so that its outcome counts.</summary>
    public bool TryWithdraw(WaitingChange change)
    {
        lock (gate)
        {
            return waiting.Remove(change);
        }
    }

    /// <summary>Whether it has not been taken.</summary>
    public bool Contains(WaitingChange change)
    {
        lock (gate)
        {
            return waiting.Contains(change);
        }
    }
}
