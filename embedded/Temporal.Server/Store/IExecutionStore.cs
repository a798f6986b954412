using Google.Protobuf;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Store;

/// <summary>
/// Where runs live. One server process owns a store at a time. The engine keeps at most one commit of a run in flight, but commits of
/// any number of runs concurrently, so that an implementation can share round trips among them. All times are UTC with microseconds.
/// </summary>
public interface IExecutionStore : IAsyncDisposable
{
    /// <summary>Prepares the store (schema, ownership). Called once, first.</summary>
    public Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes a commit; completes when it is durable. After a failure nothing of it is visible, or (connection lost) all of it may be.
    /// </summary>
    /// <exception cref="StoreConflictException">A condition did not hold; nothing was written.</exception>
    public Task CommitAsync(StoreCommit commit, CancellationToken cancellationToken);

    /// <summary>Loads a run by its id, or null. Callers check that namespace and workflow id are the ones they mean.</summary>
    public Task<StoredRun?> LoadRunAsync(string namespaceId, string runId, CancellationToken cancellationToken);

    /// <summary>The current run of a workflow id, or null.</summary>
    public Task<CurrentRun?> FindCurrentRunAsync(string namespaceId, string workflowId, CancellationToken cancellationToken);

    /// <summary>
    /// The batches that contain events from <paramref name="firstEventId"/> to <paramref name="lastEventId"/> (inclusive), in order.
    /// </summary>
    public Task<IReadOnlyList<EventBatch>> ReadHistoryAsync(
        string runId,
        long firstEventId,
        long lastEventId,
        CancellationToken cancellationToken
    );

    /// <summary>Every run with a next wake or outstanding work: what the server must remember after a restart. Streams.</summary>
    public IAsyncEnumerable<OutstandingRun> ReadOutstandingAsync(CancellationToken cancellationToken);

    /// <summary>Closed runs of a namespace with nothing left to do that closed before a time, the oldest first.</summary>
    /// <param name="namespaceId">Whose runs.</param>
    /// <param name="closedBefore">The time.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<RunKey>> ReadExpiredAsync(
        string namespaceId,
        DateTimeOffset closedBefore,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Deletes a closed run, its history and its line in lists; the current run is left pointing nowhere if it was this one.
    /// </summary>
    public Task DeleteRunAsync(RunKey run, CancellationToken cancellationToken);

    /// <summary>
    /// Lists runs by Temporal's list filter; an empty query means all. Hides runs with a namespace division unless the query names it.
    /// </summary>
    /// <param name="namespaceId">Whose runs.</param>
    /// <param name="query">The filter.</param>
    /// <param name="customAttributes">Custom search attributes by name; others than these and the system's are refused.</param>
    /// <param name="pageSize">Lines in a page, at least 1.</param>
    /// <param name="pageToken">Token of the page before; empty for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Rpc.RpcException">InvalidArgument: the query is wrong; the message says where.</exception>
    public Task<VisibilityPage> ListAsync(
        string namespaceId,
        string query,
        IReadOnlyDictionary<string, IndexedValueType> customAttributes,
        int pageSize,
        ByteString pageToken,
        CancellationToken cancellationToken
    );

    /// <summary>Counts runs by Temporal's list filter, optionally with <c>GROUP BY ExecutionStatus</c>.</summary>
    /// <exception cref="Rpc.RpcException">InvalidArgument: the query is wrong; the message says where.</exception>
    public Task<VisibilityCount> CountAsync(
        string namespaceId,
        string query,
        IReadOnlyDictionary<string, IndexedValueType> customAttributes,
        CancellationToken cancellationToken
    );

    /// <summary>All namespaces.</summary>
    public Task<IReadOnlyList<NamespaceRecord>> ReadNamespacesAsync(CancellationToken cancellationToken);

    /// <summary>Creates or replaces a namespace (by id).</summary>
    public Task WriteNamespaceAsync(NamespaceRecord record, CancellationToken cancellationToken);

    /// <summary>
    /// Creates or replaces a durable record; completes when that is durable. The store must find the version before (none for 1).
    /// </summary>
    /// <exception cref="StoreConflictException">It found another version; nothing was written.</exception>
    public Task WriteRecordAsync(DurableRecord record, CancellationToken cancellationToken);

    /// <summary>Deletes a durable record, whatever its version; no error when there is none.</summary>
    public Task DeleteRecordAsync(RecordKey key, CancellationToken cancellationToken);

    /// <summary>A durable record as it was last written, or null.</summary>
    public Task<DurableRecord?> ReadRecordAsync(RecordKey key, CancellationToken cancellationToken);

    /// <summary>All durable records of a kind, in any order. Streams.</summary>
    public IAsyncEnumerable<DurableRecord> ReadRecordsAsync(string kind, CancellationToken cancellationToken);
}
