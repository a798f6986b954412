namespace Temporalio.Worker.Execution;

/// <summary>
/// A slot that is reserved before its task is there, so that the task does not wait for its supplier. Local activities have one, as in
/// sdk-core: a supplier hears of them from the start.
/// </summary>
internal sealed class SlotInAdvance(WorkerSlots slots) : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();
    private Task<WorkerSlots.Slot>? next;
    private bool isOver;

    /// <summary>Reserves the next one, unless that is under way.</summary>
    internal void Reserve()
    {
        lock (gate)
        {
            if (!isOver)
            {
                next ??= slots.ReserveAsync(isSticky: false, stop.Token);
            }
        }
    }

    /// <summary>Takes a slot and has the next one reserved.</summary>
    /// <exception cref="OperationCanceledException">No slot is wanted any more.</exception>
    internal async Task<WorkerSlots.Slot> TakeAsync(CancellationToken cancellationToken)
    {
        var reserved = Claim();
        try
        {
            return await reserved.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            GiveBack(reserved);
            throw;
        }
        finally
        {
            Reserve();
        }
    }

    public void Dispose()
    {
        Task<WorkerSlots.Slot>? left;
        lock (gate)
        {
            isOver = true;
            left = next;
            next = null;
        }
        stop.Cancel();
        if (left != null)
        {
            _ = ReleaseAsync(left);
        }
        stop.Dispose();
    }

    private static async Task ReleaseAsync(Task<WorkerSlots.Slot> reserved)
    {
        await ((Task)reserved).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (reserved.IsCompletedSuccessfully)
        {
            (await reserved.ConfigureAwait(false)).Dispose();
        }
    }

    private Task<WorkerSlots.Slot> Claim()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isOver, this);
            var reserved = next ?? slots.ReserveAsync(isSticky: false, stop.Token);
            next = null;
            return reserved;
        }
    }

    private void GiveBack(Task<WorkerSlots.Slot> reserved)
    {
        lock (gate)
        {
            if (next == null && !isOver)
            {
                next = reserved;
                return;
            }
        }
        _ = ReleaseAsync(reserved);
    }
}
