using Google.Protobuf;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Tests.Engine;

/// <summary>Fails from a given commit on, as if the process had died there: that commit is carried out or not, later ones are not.</summary>
internal sealed class CrashingStore(IExecutionStore inner, int crashAt, bool crashAfterCommit) : IExecutionStore
{
    private int commits;

    public bool Crashed => Volatile.Read(ref commits) >= crashAt;

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref commits);
        if (number < crashAt || (number == crashAt && crashAfterCommit))
        {
            await inner.CommitAsync(commit, cancellationToken);
        }

        if (number >= crashAt)
        {
            throw new IOException($"The process died at commit {crashAt}.");
        }
    }

    public Task<StoredRun?> LoadRunAsync(string namespaceId, string runId, CancellationToken cancellationToken) => inner.LoadRunAsync(namespaceId, runId, cancellationToken);

    public Task<CurrentRun?> FindCurrentRunAsync(string namespaceId, string workflowId, CancellationToken cancellationToken) => inner.FindCurrentRunAsync(namespaceId, workflowId, cancellationToken);

    public Task<IReadOnlyList<EventBatch>> ReadHistoryAsync(string runId, long firstEventId, long lastEventId, CancellationToken cancellationToken) =>
        inner.ReadHistoryAsync(runId, firstEventId, lastEventId, cancellationToken);

    public IAsyncEnumerable<OutstandingRun> ReadOutstandingAsync(CancellationToken cancellationToken) => inner.ReadOutstandingAsync(cancellationToken);

    public Task DeleteRunAsync(RunKey run, CancellationToken cancellationToken) => inner.DeleteRunAsync(run, cancellationToken);

    public Task<VisibilityPage> ListAsync(
        string namespaceId, string query, IReadOnlyDictionary<string, IndexedValueType> customAttributes, int pageSize, ByteString pageToken, CancellationToken cancellationToken) =>
        inner.ListAsync(namespaceId, query, customAttributes, pageSize, pageToken, cancellationToken);

    public Task<VisibilityCount> CountAsync(string namespaceId, string query, IReadOnlyDictionary<string, IndexedValueType> customAttributes, CancellationToken cancellationToken) =>
        inner.CountAsync(namespaceId, query, customAttributes, cancellationToken);

    public Task<IReadOnlyList<NamespaceRecord>> ReadNamespacesAsync(CancellationToken cancellationToken) => inner.ReadNamespacesAsync(cancellationToken);

    public Task WriteNamespaceAsync(NamespaceRecord record, CancellationToken cancellationToken) => inner.WriteNamespaceAsync(record, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
