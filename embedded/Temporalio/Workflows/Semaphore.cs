namespace Temporalio.Workflows;

/// <summary>
/// A counting semaphore between the tasks of one workflow; deterministic, unlike the one of System.Threading.
/// Waiters are served in order, but a caller that need not wait may overtake them.
/// </summary>
public class Semaphore
{
    private readonly LinkedList<object> waiters = new();

    /// <summary>Initializes a new instance of the <see cref="Semaphore" /> class.</summary>
    /// <param name="initialCount">Permits, all free.</param>
    /// <exception cref="InvalidOperationException">Not in a workflow.</exception>
    public Semaphore(int initialCount)
    {
        if (!Workflow.InWorkflow)
        {
            throw new InvalidOperationException("Cannot use workflow semaphore outside of workflow");
        }
        Max = initialCount;
        CurrentCount = initialCount;
    }

    /// <summary>Gets the number of permits.</summary>
    public int Max { get; init; }

    /// <summary>Gets the number of free permits.</summary>
    public int CurrentCount { get; private set; }

    /// <summary>Waits until a permit is acquired.</summary>
    /// <param name="cancellationToken">Cancels the wait; null means the workflow's own token.</param>
    /// <returns>A task that ends once acquired.</returns>
    public Task WaitAsync(CancellationToken? cancellationToken = null) => AcquireAsync(null, cancellationToken);

    /// <summary>Waits until a permit is acquired or the time is over.</summary>
    /// <param name="millisecondsTimeout">Longest wait in milliseconds; -1 means no limit, 0 not to wait.</param>
    /// <param name="cancellationToken">Cancels the wait; null means the workflow's own token.</param>
    /// <returns>Whether it was acquired.</returns>
    public Task<bool> WaitAsync(
        int millisecondsTimeout,
        CancellationToken? cancellationToken = null) =>
        AcquireAsync(TimeSpan.FromMilliseconds(millisecondsTimeout), cancellationToken);

    /// <summary>Waits until a permit is acquired or the time is over.</summary>
    /// <param name="timeout">Longest wait; -1 ms means no limit, zero not to wait.</param>
    /// <param name="cancellationToken">Cancels the wait; null means the workflow's own token.</param>
    /// <returns>Whether it was acquired.</returns>
    public Task<bool> WaitAsync(
        TimeSpan timeout,
        CancellationToken? cancellationToken = null) =>
        AcquireAsync(timeout, cancellationToken);

    /// <summary>Gives one permit back.</summary>
    /// <exception cref="InvalidOperationException">None is taken.</exception>
    public void Release()
    {
        if (CurrentCount >= Max)
        {
            throw new InvalidOperationException("More released than successfully waited");
        }
        CurrentCount++;
    }

    private Task<bool> AcquireAsync(TimeSpan? timeout, CancellationToken? cancellationToken)
    {
        var limit = timeout == Timeout.InfiniteTimeSpan ? null : timeout;
        if (limit < TimeSpan.Zero)
        {
            throw new ArgumentException("Timeout cannot be less than zero (except -1ms for infinite)", nameof(timeout));
        }
        if (CurrentCount > 0)
        {
            CurrentCount--;
            return Task.FromResult(true);
        }
        if (limit == TimeSpan.Zero && cancellationToken == null)
        {
            return Task.FromResult(false);
        }

        var place = waiters.AddLast(new object());
        bool MyTurn() => CurrentCount > 0 && waiters.First == place;
        var turn = limit is { } longest
            ? Workflow.WaitConditionAsync(MyTurn, longest, cancellationToken)
            : Workflow.WaitConditionAsync(MyTurn, cancellationToken);

        // Both steps must run in the very turn in which the condition held, or another waiter could see the same permit.
        return turn.ContinueWith(
                TakeIfInTime,
                default,
                TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Current)
            .ContinueWith(
                taken =>
                {
                    waiters.Remove(place);
                    return taken;
                },
                default,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Current)
            .Unwrap();
    }

    private bool TakeIfInTime(Task turn)
    {
        if (turn is Task<bool> { Result: false })
        {
            return false;
        }
        CurrentCount--;
        return true;
    }
}
