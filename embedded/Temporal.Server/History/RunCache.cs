using System.Collections.Concurrent;
using Temporal.Server.Store;

namespace Temporal.Server.History;

/// <summary>
/// The runs in memory: a bounded number with a bounded amount of history. Runs that wait for a worker stay beyond the number, but
/// without their history. There is never more than one <see cref="Run"/> of a run.
/// </summary>
/// <param name="capacity">How many idle runs stay; 0 for none, not even between two transitions.</param>
/// <param name="limits">What each run may have, send and become.</param>
internal sealed class RunCache(int capacity, WorkflowLimits limits)
{
    // Serialised size; as objects it is several times that.
    private const long HistoryBytes = 64 * 1024 * 1024;
    private const long SweepIntervalMilliseconds = 250;
    private const long MostlyNotSweeping = 20;

    // By the whole key: a run asked for under the wrong workflow id is another one, which does not exist.
    private readonly ConcurrentDictionary<RunKey, Run> runs = new(RunIdHash.Instance);

    // Beside the dictionary, whose own Count takes all of its locks and would be asked with every transition.
    private int count;
    private long historyBytes;
    private long nextSweep;

    /// <summary>Whether states are dropped right after use, so that every transition works on what was stored.</summary>
    public bool KeepsNothing => capacity == 0;

    /// <summary>The run, pinned: the caller unpins it.</summary>
    public Run Pin(RunKey key)
    {
        while (true)
        {
            if (!runs.TryGetValue(key, out var run))
            {
                run = new Run(key, limits);
                if (!runs.TryAdd(key, run))
                {
                    continue;
                }

                Interlocked.Increment(ref count);
            }

            if (run.TryPin())
            {
                SweepIfFull();
                return run;
            }

            Forget(run);
        }
    }

    /// <summary>Adds a run that a commit is about to create; nobody else can know it yet.</summary>
    public void Add(Run run)
    {
        if (runs.TryAdd(run.Key, run))
        {
            Interlocked.Increment(ref count);
        }
    }

    /// <summary>Forgets a run that was deleted; returns it if it was in memory.</summary>
    public Run? Remove(RunKey key)
    {
        if (runs.TryRemove(key, out var run))
        {
            Interlocked.Decrement(ref count);
            Interlocked.Add(ref historyBytes, -run.AccountedBytes);
            // Whoever waits for its turn there still accounts for it when it leaves.
            run.AccountedBytes = 0;
        }

        return run;
    }

    /// <summary>Takes note of how much history a run holds; called under its gate.</summary>
    public void Account(Run run)
    {
        var now = run.State?.HistorySizeBytes ?? 0;
        Interlocked.Add(ref historyBytes, now - run.AccountedBytes);
        run.AccountedBytes = now;
    }

    // A dropped run is forgotten once, by whoever comes first: the sweep, or a caller who finds it dropped.
    private void Forget(Run run)
    {
        if (!runs.TryRemove(new KeyValuePair<RunKey, Run>(run.Key, run)))
        {
            return;
        }

        Interlocked.Decrement(ref count);
        Interlocked.Add(ref historyBytes, -run.AccountedBytes);
    }

    private void SweepIfFull()
    {
        var now = Environment.TickCount64;
        var next = Volatile.Read(ref nextSweep);
        if (
            (Volatile.Read(ref count) <= capacity && Interlocked.Read(ref historyBytes) <= HistoryBytes)
            || now < next
            || Interlocked.CompareExchange(ref nextSweep, now + SweepIntervalMilliseconds, next) != next
        )
        {
            return;
        }

        Sweep();
        // Where much cannot be dropped a sweep takes long: it must not become what the server mostly does.
        var took = Environment.TickCount64 - now;
        Volatile.Write(ref nextSweep, now + Math.Max(SweepIntervalMilliseconds, took * MostlyNotSweeping));
    }

    private void Sweep()
    {
        foreach (var run in runs.Values.OrderBy(run => run.LastUsed).ToList())
        {
            var isFull = Interlocked.Read(ref historyBytes) > HistoryBytes * 7 / 8;
            if (!isFull && Volatile.Read(ref count) <= capacity * 7 / 8)
            {
                return;
            }

            if (run.TryDrop())
            {
                Forget(run);
            }
            else if (isFull)
            {
                Unload(run);
            }
        }
    }

    // The run must stay, its state can be loaded again.
    private void Unload(Run run)
    {
        if (run.Gate.Wait(0))
        {
            run.State = null;
            Account(run);
            run.Gate.Release();
        }
    }

    // Run ids alone are as good as unique: hashing the rest would be work for nothing.
    private sealed class RunIdHash : IEqualityComparer<RunKey>
    {
        public static readonly RunIdHash Instance = new();

        public bool Equals(RunKey x, RunKey y) => x == y;

        public int GetHashCode(RunKey key) => key.RunId.GetHashCode(StringComparison.Ordinal);
    }
}
