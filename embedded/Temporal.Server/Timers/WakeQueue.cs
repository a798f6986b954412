namespace Temporal.Server.Timers;

/// <summary>
/// One heap of due times for everything that waits for the clock. A key has at most one wake; setting it later than what the heap
/// holds costs nothing, because a stale entry is only put back when it surfaces.
/// </summary>
public sealed class WakeQueue : IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly ServerClock clock;
    private readonly WorkTracker work;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Entry, long> heap = new();
    private readonly SemaphoreSlim changed = new(0, 1);
    private readonly CancellationTokenSource stop = new();
    private readonly RunningWork running;
    private Task loop = Task.CompletedTask;

    // Entries that wait for nothing any more but whose heap node has not surfaced.
    private int cancelled;

    /// <summary>Creates the queue; it fires nothing until started.</summary>
    public WakeQueue(ServerClock clock, WorkTracker work)
    {
        this.clock = clock;
        this.work = work;
        running = new RunningWork(work);
        if (clock is SkippingClock skipping)
        {
            work.Fell += Signal;
            skipping.Changed += Signal;
        }
    }

    /// <summary>Starts firing.</summary>
    public void Start() => loop = Task.Run(RunAsync);

    /// <summary>Sets when a key is woken next, replacing what was set before; null for never.</summary>
    /// <param name="key">What to wake.</param>
    /// <param name="due">When.</param>
    /// <param name="onDue">What to do then. Must handle its own errors; runs concurrently with others.</param>
    public void Set(string key, DateTimeOffset? due, Func<Task> onDue)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var entry))
            {
                if (due is null)
                {
                    return;
                }

                entries.Add(key, entry = new Entry(key));
                cancelled++;
            }

            cancelled += (entry.Due is null ? 0 : 1) - (due is null ? 0 : 1);
            entry.Due = due?.UtcTicks;
            entry.OnDue = due is null ? Nothing : onDue;
            if (due is null)
            {
                DropCancelled();
                return;
            }

            if (entry.Heaped <= entry.Due)
            {
                return;
            }

            Push(entry);
        }

        Signal();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        await running.StopAsync().ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            var next = FireDue();
            var wait = next is null ? LongestWait : TimeSpan.FromTicks(next.Value - clock.UtcNow.Ticks);
            if (wait <= TimeSpan.Zero || TrySkipTo(next))
            {
                continue;
            }

            try
            {
                await changed
                    .WaitAsync(wait < LongestWait ? wait + TimeSpan.FromMilliseconds(1) : LongestWait, stop.Token)
                    .ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private bool TrySkipTo(long? next) =>
        next is not null && clock is SkippingClock skipping && skipping.TrySkipTo(new DateTimeOffset(next.Value, TimeSpan.Zero), work);

    private long? FireDue()
    {
        while (true)
        {
            Entry entry;
            Func<Task> onDue;
            lock (gate)
            {
                if (!heap.TryPeek(out entry!, out var due))
                {
                    return null;
                }

                if (entry.Heaped != due)
                {
                    heap.Dequeue();
                    continue;
                }

                if (entry.Due != due)
                {
                    heap.Dequeue();
                    Restore(entry);
                    continue;
                }

                if (due > clock.UtcNow.Ticks)
                {
                    return due;
                }

                heap.Dequeue();
                entry.Due = null;
                cancelled++;
                onDue = entry.OnDue;
                Restore(entry);
            }

            running.Begin(onDue);
        }
    }

    private void Restore(Entry entry)
    {
        entry.Heaped = long.MaxValue;
        if (entry.Due is null)
        {
            entries.Remove(entry.Key);
            cancelled--;
        }
        else
        {
            Push(entry);
        }
    }

    private void DropCancelled()
    {
        if (cancelled < 4096 || cancelled < entries.Count / 2)
        {
            return;
        }

        heap.Clear();
        foreach (var entry in entries.Values.ToList())
        {
            Restore(entry);
        }
    }

    private static Task Nothing() => Task.CompletedTask;

    private void Push(Entry entry)
    {
        entry.Heaped = entry.Due!.Value;
        heap.Enqueue(entry, entry.Heaped);
    }

    private void Signal()
    {
        lock (changed)
        {
            if (changed.CurrentCount == 0)
            {
                changed.Release();
            }
        }
    }

    private sealed class Entry(string key)
    {
        public string Key { get; } = key;

        public long? Due { get; set; }

        // The due time under which the entry is in the heap; an older heap node of it is stale.
        public long Heaped { get; set; } = long.MaxValue;

        public Func<Task> OnDue { get; set; } = () => Task.CompletedTask;
    }
}
