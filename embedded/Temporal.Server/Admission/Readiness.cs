using Temporal.Server.Store;

namespace Temporal.Server.Admission;

/// <summary>Whether the server can do its work now: it is not stopping, and its store answers.</summary>
internal sealed class Readiness(IExecutionStore store, CancellationToken stopping)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private Task<bool> probe = Task.FromResult(false);
    private long probedAt = Environment.TickCount64 - (long)Fresh.TotalMilliseconds - 1;

    /// <summary>Whether it can. Whoever asks within a second gets the same answer, so that asking is no work.</summary>
    public Task<bool> IsServingAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (probe.IsCompleted && Environment.TickCount64 - probedAt > Fresh.TotalMilliseconds)
            {
                probe = ProbeAsync();
                probedAt = Environment.TickCount64;
            }

            return probe.WaitAsync(cancellationToken);
        }
    }

    private async Task<bool> ProbeAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(Patience);
        try
        {
            await store.ReadNamespacesAsync(patience.Token).ConfigureAwait(false);
            return !stopping.IsCancellationRequested;
        }
        catch (Exception error)
            when (error
                    is OperationCanceledException
                        or Rpc.RpcException
                        or System.Data.Common.DbException
                        or IOException
                        or System.Net.Sockets.SocketException
            )
        {
            // That the store cannot be asked is the answer.
            return false;
        }
    }
}
