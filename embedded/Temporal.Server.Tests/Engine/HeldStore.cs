using Temporal.Server.Store;

namespace Temporal.Server.Tests.Engine;

/// <summary>A store that can be made to wait, and that counts how much waits in it at a time.</summary>
internal sealed class HeldStore(IExecutionStore inner) : ForwardingStore(inner)
{
    private TaskCompletionSource held = Open();
    private int waiting;
    private int most;

    /// <summary>Loads and commits in the store now.</summary>
    public int Waiting => Volatile.Read(ref waiting);

    /// <summary>The most loads and commits that were in the store at a time while it was held.</summary>
    public int Most => Volatile.Read(ref most);

    /// <summary>From now on everything waits.</summary>
    public void Hold() => held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Everything goes on.</summary>
    public void LetGo() => held.SetResult();

    public override async Task CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        await base.CommitAsync(commit, cancellationToken);
    }

    public override async Task<StoredRun?> LoadRunAsync(string namespaceId, string runId, CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        return await base.LoadRunAsync(namespaceId, runId, cancellationToken);
    }

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task PassAsync(CancellationToken cancellationToken)
    {
        var now = Interlocked.Increment(ref waiting);
        int seen;
        while (now > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, now, seen) != seen) { }

        try
        {
            await held.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }
}
