using Google.Protobuf;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Tests.Engine;

/// <summary>A store on top of another one, which outlives it; tests override what they want to go wrong.</summary>
internal abstract class ForwardingStore(IExecutionStore inner) : IExecutionStore
{
    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual Task CommitAsync(StoreCommit commit, CancellationToken cancellationToken) =>
        inner.CommitAsync(commit, cancellationToken);

    public virtual Task<StoredRun?> LoadRunAsync(string namespaceId, string runId, CancellationToken cancellationToken) =>
        inner.LoadRunAsync(namespaceId, runId, cancellationToken);

    public virtual Task<CurrentRun?> FindCurrentRunAsync(string namespaceId, string workflowId, CancellationToken cancellationToken) =>
        inner.FindCurrentRunAsync(namespaceId, workflowId, cancellationToken);

    public Task<IReadOnlyList<EventBatch>> ReadHistoryAsync(
        string runId,
        long firstEventId,
        long lastEventId,
        CancellationToken cancellationToken
    ) => inner.ReadHistoryAsync(runId, firstEventId, lastEventId, cancellationToken);

    public virtual IAsyncEnumerable<OutstandingRun> ReadOutstandingAsync(CancellationToken cancellationToken) =>
        inner.ReadOutstandingAsync(cancellationToken);

    public Task<IReadOnlyList<RunKey>> ReadExpiredAsync(
        string namespaceId,
        DateTimeOffset closedBefore,
        int limit,
        CancellationToken cancellationToken
    ) => inner.ReadExpiredAsync(namespaceId, closedBefore, limit, cancellationToken);

    public Task DeleteRunAsync(RunKey run, CancellationToken cancellationToken) => inner.DeleteRunAsync(run, cancellationToken);

    public Task<VisibilityPage> ListAsync(
        string namespaceId,
        string query,
        IReadOnlyDictionary<string, IndexedValueType> customAttributes,
        int pageSize,
        ByteString pageToken,
        CancellationToken cancellationToken
    ) => inner.ListAsync(namespaceId, query, customAttributes, pageSize, pageToken, cancellationToken);

    public Task<VisibilityCount> CountAsync(
        string namespaceId,
        string query,
        IReadOnlyDictionary<string, IndexedValueType> customAttributes,
        CancellationToken cancellationToken
    ) => inner.CountAsync(namespaceId, query, customAttributes, cancellationToken);

    public Task<IReadOnlyList<NamespaceRecord>> ReadNamespacesAsync(CancellationToken cancellationToken) =>
        inner.ReadNamespacesAsync(cancellationToken);

    public Task WriteNamespaceAsync(NamespaceRecord record, CancellationToken cancellationToken) =>
        inner.WriteNamespaceAsync(record, cancellationToken);

    public virtual Task WriteRecordAsync(DurableRecord record, CancellationToken cancellationToken) =>
        inner.WriteRecordAsync(record, cancellationToken);

    public virtual Task DeleteRecordAsync(RecordKey key, CancellationToken cancellationToken) =>
        inner.DeleteRecordAsync(key, cancellationToken);

    public Task<DurableRecord?> ReadRecordAsync(RecordKey key, CancellationToken cancellationToken) =>
        inner.ReadRecordAsync(key, cancellationToken);

    public IAsyncEnumerable<DurableRecord> ReadRecordsAsync(string kind, CancellationToken cancellationToken) =>
        inner.ReadRecordsAsync(kind, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
