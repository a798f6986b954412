using System.Collections.Concurrent;
using Temporal.Server.Store;

namespace Temporal.Server.History;

/// <summary>The runs in memory, at most a bounded number of idle ones. There is never more than one <see cref="Run"/> of a run.</summary>
internal sealed class RunCache(int capacity)
{
    private readonly ConcurrentDictionary<string, Run> runs = new(StringComparer.Ordinal);
    private int sweeping;

    /// <summary>Whether states are dropped right after use, so that every transition works on what was stored.</summary>
    public bool KeepsNothing => capacity == 0;

    /// <summary>The run, pinned: the caller unpins it.</summary>
    public Run Pin(RunKey key)
    {
        while (true)
        {
            var run = runs.GetOrAdd(key.RunId, static (_, k) => new Run(k), key);
            if (run.TryPin())
            {
                SweepIfFull();
                return run;
            }

            runs.TryRemove(new KeyValuePair<string, Run>(key.RunId, run));
        }
    }

    /// <summary>Adds a run that a commit has just created; nobody else can know it yet.</summary>
    public void Add(Run run) => runs[run.Key.RunId] = run;

    /// <summary>Forgets a run that was deleted.</summary>
    public void Remove(RunKey key) => runs.TryRemove(key.RunId, out _);

    private void SweepIfFull()
    {
        if (runs.Count <= capacity || Interlocked.Exchange(ref sweeping, 1) == 1)
        {
            return;
        }

        foreach (var run in runs.Values.OrderBy(run => run.LastUsed).Take(Math.Max(1, capacity / 8)).ToList())
        {
            if (run.TryDrop())
            {
                runs.TryRemove(new KeyValuePair<string, Run>(run.Key.RunId, run));
            }
        }

        Volatile.Write(ref sweeping, 0);
    }
}
