namespace TemporalDelivery.Simulators.Schedules;

/// <summary>Runs actions when they are due, earliest first, a bounded number at a time.</summary>
/// <param name="parallel">How many may run at once.</param>
/// <param name="clock">Where the time comes from.</param>
/// <param name="log">Told of actions that fail; an action that wants another try asks for it itself.</param>
internal sealed class Timetable(int parallel, TimeProvider clock, ILogger log) : BackgroundService
{
    private static readonly TimeSpan LongestNap = TimeSpan.FromMinutes(1);

    private readonly PriorityQueue<Func<CancellationToken, Task>, DateTimeOffset> planned = new();
    private readonly SemaphoreSlim changed = new(0);
    private readonly SemaphoreSlim slots = new(parallel);

    /// <summary>Plans <paramref name="action"/>; in the past means as soon as there is room.</summary>
    public void At(DateTimeOffset due, Func<CancellationToken, Task> action)
    {
        lock (planned)
        {
            planned.Enqueue(action, due);
        }

        changed.Release();
    }

    /// <summary>How many actions have not begun.</summary>
    public int Waiting
    {
        get
        {
            lock (planned)
            {
                return planned.Count;
            }
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        changed.Dispose();
        slots.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new HashSet<Task>();
        try
        {
            while (true)
            {
                await slots.WaitAsync(stoppingToken);
                var action = await NextAsync(stoppingToken);
                running.RemoveWhere(task => task.IsCompleted);
                running.Add(RunAsync(action, stoppingToken));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task<Func<CancellationToken, Task>> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var nap = LongestNap;
            lock (planned)
            {
                if (planned.TryPeek(out _, out var due))
                {
                    var left = due - clock.GetUtcNow();
                    if (left <= TimeSpan.Zero)
                    {
                        return planned.Dequeue();
                    }

                    nap = left < nap ? left : nap;
                }
            }

            // Rounded up: waking a moment too early would only spin.
            await changed.WaitAsync(TimeSpan.FromMilliseconds(Math.Ceiling(nap.TotalMilliseconds)), cancellation);
        }
    }

    private async Task RunAsync(Func<CancellationToken, Task> action, CancellationToken cancellation)
    {
        await Task.Yield();
        try
        {
            await action(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopping: what was not finished is in the ledger and is taken up by the next start.
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            log.LogError(failure, "A planned action failed");
        }
        finally
        {
            slots.Release();
        }
    }
}
