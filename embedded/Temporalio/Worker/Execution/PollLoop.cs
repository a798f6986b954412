using System.Runtime.ExceptionServices;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Exceptions;

namespace Temporalio.Worker.Execution;

/// <summary>
/// Keeps a number of polls open, each only while there is a slot for what it may bring, and hands on what comes.
/// </summary>
internal sealed class PollLoop<TTask>(
    WorkerSlots slots,
    bool isSticky,
    Func<CancellationToken, Task<PollLoop<TTask>.Answer>> poll,
    Func<TTask, WorkerSlots.Slot, Task> handle) : IDisposable
    where TTask : class
{
    private readonly HashSet<Task> running = [];
    private readonly Lock gate = new();
    private readonly CancellationTokenSource failed = new();
    private readonly TaskCompletionSource allClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ExceptionDispatchInfo? failure;
    private int open;
    private bool hasEnded;

    public void Dispose() => failed.Dispose();

    /// <summary>Polls until stopped, then waits for everything that runs.</summary>
    /// <param name="scale">Number of polls.</param>
    /// <param name="stopping">Ends the polls once they return.</param>
    /// <param name="abort">Ends polls at once.</param>
    /// <exception cref="RpcException">The server refuses to be polled.</exception>
    internal async Task RunAsync(PollerScale scale, CancellationToken stopping, CancellationToken abort)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, failed.Token);
        using var aborting = CancellationTokenSource.CreateLinkedTokenSource(abort, failed.Token);
        try
        {
            OpenPollers(scale, ending.Token, aborting.Token);
            if (open > 0)
            {
                await allClosed.Task.ConfigureAwait(false);
            }
            failure?.Throw();
        }
        finally
        {
            await DrainAsync().ConfigureAwait(false);
        }
    }

    private void Handle(TTask task, WorkerSlots.Slot slot)
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

    /// <summary>
    /// Takes a slot for a task that may come along with the answer to another call; null without a free one, or when the
    /// loop has ended. The loop does not end before it is used or given back.
    /// </summary>
    internal Reservation? TryReserve()
    {
        if (slots.TryReserve() is not { } slot)
        {
            return null;
        }
        var reservation = new Reservation(this, slot);
        lock (gate)
        {
            if (!hasEnded)
            {
                running.Add(reservation.Ended);
                return reservation;
            }
        }
        slot.Dispose();
        return null;
    }

    private void OpenPollers(PollerScale scale, CancellationToken stopping, CancellationToken abort)
    {
        lock (gate)
        {
            for (; open < Math.Min(scale.Target, slots.Maximum); open++)
            {
                _ = PollOrFailAsync(scale, stopping, abort);
            }
        }
    }

    /// <summary>Whether there are more pollers than wanted, so that the asking one has to go.</summary>
    private bool IsSurplus(PollerScale scale)
    {
        lock (gate)
        {
            if (open <= scale.Target)
            {
                return false;
            }
            open--;
            return true;
        }
    }

    private void ClosePoller()
    {
        lock (gate)
        {
            if (--open == 0)
            {
                allClosed.SetResult();
            }
        }
    }

    /// <summary>If one poll cannot go on the others must not hide it.</summary>
    private async Task PollOrFailAsync(PollerScale scale, CancellationToken stopping, CancellationToken abort)
    {
        await Task.Yield();
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                var answer = await PollAsync(stopping, abort).ConfigureAwait(false);
                scale.Report(answer.Task == null, answer.Decision);
                if (IsSurplus(scale))
                {
                    return;
                }
                OpenPollers(scale, stopping, abort);
            }
        }
        catch (Exception e) when (IsEnd(e, stopping))
        {
            // Nothing is lost: a task that has come is among the running.
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
            await failed.CancelAsync().ConfigureAwait(false);
        }
        ClosePoller();
    }

    private static bool IsEnd(Exception e, CancellationToken stopping) =>
        stopping.IsCancellationRequested && e is OperationCanceledException or RpcException;

    private async Task<Answer> PollAsync(CancellationToken stopping, CancellationToken abort)
    {
        WorkerSlots.Slot? slot = await slots.ReserveAsync(isSticky, stopping).ConfigureAwait(false);
        try
        {
            var answer = await poll(abort).ConfigureAwait(false);
            if (answer.Task is { } task)
            {
                Handle(task, slot);
                slot = null;
            }
            return answer;
        }
        finally
        {
            slot?.Dispose();
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
                hasEnded = left.Length == 0;
            }
            if (left.Length == 0)
            {
                return;
            }
            await Task.WhenAll(left).ConfigureAwait(false);
        }
    }

    /// <summary>A slot for one task, to be used or given back.</summary>
    internal sealed class Reservation(PollLoop<TTask> loop, WorkerSlots.Slot slot) : IDisposable
    {
        private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private WorkerSlots.Slot? unused = slot;

        internal Task Ended => ended.Task;

        internal void Start(TTask task)
        {
            if (Interlocked.Exchange(ref unused, null) is { } held)
            {
                loop.Handle(task, held);
                End();
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref unused, null) is { } held)
            {
                held.Dispose();
                End();
            }
        }

        private void End()
        {
            lock (loop.gate)
            {
                loop.running.Remove(ended.Task);
            }
            ended.SetResult();
        }
    }

    /// <summary>What a poll has brought.</summary>
    /// <param name="Task">The task, if any.</param>
    /// <param name="Decision">What the server suggests about the number of polls, if anything.</param>
    internal readonly record struct Answer(TTask? Task, PollerScalingDecision? Decision);
}
