namespace Temporalio.Worker.Telemetry;

/// <summary>The polls of one kind that a worker has open, and when one last brought a task.</summary>
/// <param name="kind">Name of the kind in metrics.</param>
internal sealed class PollTally(string kind)
{
    private int open;
    private long lastTaken;

    internal string Kind => kind;

    internal int Open => Volatile.Read(ref open);

    /// <summary>Gets when a poll last brought a task, in UTC; null if none has yet.</summary>
    internal DateTime? LastTaken => Interlocked.Read(ref lastTaken) is > 0 and var ticks ? new(ticks, DateTimeKind.Utc) : null;

    /// <summary>Returns how many are open after the change.</summary>
    internal int Change(int by) => Interlocked.Add(ref open, by);

    /// <summary>A poll has brought a task.</summary>
    internal void CountTaken() => Interlocked.Exchange(ref lastTaken, DateTime.UtcNow.Ticks);
}
