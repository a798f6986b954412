using Temporal.Server.Store;

namespace Temporal.Server.Tests.Engine;

/// <summary>
/// Fails from a given commit on, as if the process had died there: that commit is carried out or not, later ones are not.
/// </summary>
internal sealed class CrashingStore(IExecutionStore inner, int crashAt, bool crashAfterCommit) : ForwardingStore(inner)
{
    private int commits;

    public bool Crashed => Volatile.Read(ref commits) >= crashAt;

    public override Task CommitAsync(StoreCommit commit, CancellationToken cancellationToken) =>
        WriteAsync(() => base.CommitAsync(commit, cancellationToken));

    public override Task WriteRecordAsync(DurableRecord record, CancellationToken cancellationToken) =>
        WriteAsync(() => base.WriteRecordAsync(record, cancellationToken));

    public override Task DeleteRecordAsync(RecordKey key, CancellationToken cancellationToken) =>
        WriteAsync(() => base.DeleteRecordAsync(key, cancellationToken));

    private async Task WriteAsync(Func<Task> write)
    {
        var number = Interlocked.Increment(ref commits);
        if (number < crashAt || (number == crashAt && crashAfterCommit))
        {
            await write();
        }

        if (number >= crashAt)
        {
            throw new IOException($"The process died at commit {crashAt}.");
        }
    }
}
