namespace Temporal.Server.Timers;

/// <summary>
/// Counts what is runnable or running now (tasks to dispatch or dispatched, deliveries between runs, transitions and queries in
/// progress). The time-skipping clock jumps only while the count is zero.
/// </summary>
public sealed class WorkTracker
{
    private long count;

    /// <summary>Whether nothing is runnable.</summary>
    public bool IsIdle => Interlocked.Read(ref count) <= 0;

    /// <summary>Raised when the count falls to zero.</summary>
    public event Action? Idle;

    /// <summary>Changes the count.</summary>
    public void Add(int delta)
    {
        if (delta != 0 && Interlocked.Add(ref count, delta) <= 0)
        {
            Idle?.Invoke();
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
