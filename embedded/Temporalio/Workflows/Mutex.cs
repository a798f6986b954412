namespace Temporalio.Workflows;

/// <summary>Mutual exclusion between the tasks of one workflow; deterministic, unlike the one of System.Threading.</summary>
public class Mutex
{
    private readonly Semaphore semaphore = new(1);

    /// <summary>Waits until the mutex is acquired.</summary>
    /// <param name="cancellationToken">Cancels the wait; null means the workflow's own token.</param>
    /// <returns>A task that ends once acquired.</returns>
    public Task WaitOneAsync(CancellationToken? cancellationToken = null) =>
        semaphore.WaitAsync(cancellationToken);

    /// <summary>Waits until the mutex is acquired or the time is over.</summary>
    /// <param name="millisecondsTimeout">Longest wait in milliseconds; -1 means no limit, 0 not to wait.</param>
    /// <param name="cancellationToken">Cancels the wait; null means the workflow's own token.</param>
    /// <returns>Whether it was acquired.</returns>
    public Task<bool> WaitOneAsync(
        int millisecondsTimeout,
        CancellationToken? cancellationToken = null) =>
        semaphore.WaitAsync(millisecondsTimeout, cancellationToken);

    /// <summary>Waits until the mutex is acquired or the time is over.</summary>
    /// <param name="timeout">Longest wait; -1 ms means no limit, zero not to wait.</param>
    /// <param name="cancellationToken">Cancels the wait; null means the workflow's own token.</param>
    /// <returns>Whether it was acquired.</returns>
    public Task<bool> WaitOneAsync(
        TimeSpan timeout,
        CancellationToken? cancellationToken = null) =>
        semaphore.WaitAsync(timeout, cancellationToken);

    /// <summary>Gives the mutex back.</summary>
    /// <exception cref="InvalidOperationException">It was not acquired.</exception>
    public void ReleaseMutex() => semaphore.Release();
}
