using Temporalio.Exceptions;

namespace Temporalio.Worker.Execution;

/// <summary>
/// Keeps a number of polls open, each only while there is a slot for what it may bring, and hands on what comes.
/// </summary>
internal sealed class PollLoop<TTask>(
    WorkerSlots slots,
    bool isSticky,
    Func<CancellationToken, Task<TTask?>> poll,
    Func<TTask, WorkerSlots.Slot, Task> handle) : IDisposable
    where TTask : class
{
    private readonly HashSet<Task> running = [];
    private readonly Lock gate = new();
    private readonly CancellationTokenSource failed = new();

    public void Dispose() => failed.Dispose();

    /// <summary>Polls until stopped, then waits for everything that runs.</summary>
    /// <param name="count">Number of polls.</param>
    /// <param name="stopping">Ends the polls once they return.</param>
    /// <param name="abort">Ends polls at once.</param>
    /// <exception cref="RpcException">The server refuses to be polled.</exception>
    internal async Task RunAsync(int count, CancellationToken stopping, CancellationToken abort)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, failed.Token);
        using var aborting = CancellationTokenSource.CreateLinkedTokenSource(abort, failed.Token);
        try
        {
            var pollers = Enumerable.Range(0, Math.Min(count, slots.Maximum))
                .Select(_ => PollOrFailAsync(ending.Token, aborting.Token));
            await Task.WhenAll(pollers).ConfigureAwait(false);
        }
        finally
        {
            await DrainAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Hands on a task that came by another way.</summary>
    internal void Handle(TTask task, WorkerSlots.Slot slot)
    {
        var handling = Task.Run(() => handle(task, slot));
        lock (gate)
        {
            running.Add(handling);
        }
        handling.ContinueWith(
            ended =>
            {
                if (ended.IsFaulted)
                {
                    // A bug of the worker: it stays among the running, so that the worker ends with it.
                    failed.Cancel();
                    return;
                }
                lock (gate)
                {
                    running.Remove(ended);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>If one poll cannot go on the others must not hide it.</summary>
    private async Task PollOrFailAsync(CancellationToken stopping, CancellationToken abort)
    {
        try
        {
            await PollAsync(stopping, abort).ConfigureAwait(false);
        }
        catch (Exception)
        {
            await failed.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task PollAsync(CancellationToken stopping, CancellationToken abort)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            WorkerSlots.Slot? slot = null;
            try
            {
                slot = await slots.ReserveAsync(isSticky, stopping).ConfigureAwait(false);
                if (await poll(abort).ConfigureAwait(false) is { } task)
                {
                    Handle(task, slot);
                    slot = null;
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (RpcException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            finally
            {
                slot?.Dispose();
            }
        }
    }

    private async Task DrainAsync()
    {
        while (true)
        {
            Task[] left;
            lock (gate)
            {
                left = [.. running];
            }
            if (left.Length == 0)
            {
                return;
            }
            await Task.WhenAll(left).ConfigureAwait(false);
        }
    }
}
