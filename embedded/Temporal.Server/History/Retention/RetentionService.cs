namespace Temporal.Server.History.Retention;

/// <summary>Deletes old closed runs from time to time, from the server's start to its end.</summary>
internal sealed class RetentionService(RetentionSweep sweep, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    /// <summary>Begins.</summary>
    public void Start() => running = Task.Run(RunAsync);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            do
            {
                await SweepAsync().ConfigureAwait(false);
            } while (await timer.WaitForNextTickAsync(stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task SweepAsync()
    {
        try
        {
            if (await sweep.RunAsync(stop.Token).ConfigureAwait(false) is > 0 and var deleted)
            {
                EngineLog.RetentionDeleted(logger, deleted);
            }
        }
        catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException))
        {
            // The store is away, say: the next sweep finds the same runs.
            EngineLog.RetentionFailed(logger, error);
        }
    }
}
