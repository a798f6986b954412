namespace Temporal.Server.Timers;

/// <summary>
/// Counts what is runnable or running now (tasks to dispatch or dispatched, deliveries between runs, transitions and queries in
/// progress). The time-skipping clock jumps only while this and the claims on real time come to nothing.
/// </summary>
public sealed class WorkTracker
{
    private long count;

    /// <summary>How much is runnable or running.</summary>
    public long Count => Interlocked.Read(ref count);

    /// <summary>Raised when the count falls.</summary>
    public event Action? Fell;

    /// <summary>Changes the count.</summary>
    public void Add(int delta)
    {
        if (delta != 0)
        {
            Interlocked.Add(ref count, delta);
        }

        if (delta < 0)
        {
            Fell?.Invoke();
        }
    }

    /// <summary>Counts one piece of work until the result is disposed.</summary>
    public Scope Begin()
    {
        Add(1);
        return new Scope(this);
    }

    /// <summary>One piece of work.</summary>
    public readonly struct Scope(WorkTracker tracker) : IDisposable
    {
        /// <summary>The work is done.</summary>
        public void Dispose() => tracker.Add(-1);
    }
}
