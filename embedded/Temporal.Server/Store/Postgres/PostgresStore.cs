using System.Runtime.CompilerServices;
using Google.Protobuf;
using Npgsql;
using Temporal.Server.Rpc;
using Temporal.Server.Visibility;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Store.Postgres;

/// <summary>
/// Keeps runs in PostgreSQL, schema <c>temporal</c>. Commits of many runs share a transaction; a commit is acknowledged when it is
/// durable, and applied once, also when the connection was lost on the way. One server at a time owns a database.
/// </summary>
public sealed class PostgresStore : IExecutionStore
{
    // How long commits under way may take at the end.
    private static readonly TimeSpan LastCommits = TimeSpan.FromSeconds(10);

    private readonly PostgresStoreOptions options;
    private readonly ILogger logger;
    private readonly NpgsqlDataSource database;
    private readonly NpgsqlDataSource committing;
    private readonly Reads reads;
    private readonly CurrentRunLookups lookups;
    private readonly CommitQueue queue;
    private readonly TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource giveUp = new();
    private Ownership? ownership;
    private Task committers = Task.CompletedTask;

    /// <summary>Sets the store up without touching the database.</summary>
    /// <exception cref="StoreSetupException">The connection string is wrong.</exception>
    public PostgresStore(PostgresStoreOptions options, ILogger<PostgresStore> logger)
    {
        this.options = options;
        this.logger = logger;
        var connection = ConnectionText.Parse(options.ConnectionString);
        database = NpgsqlDataSource.Create(connection);
        // Their sessions are set up differently: nobody else may get them afterwards.
        connection.Pooling = false;
        committing = NpgsqlDataSource.Create(connection);
        reads = new Reads(database, options.Patience, options.Clock);
        lookups = new CurrentRunLookups(reads);
        queue = new CommitQueue(options.QueuedCommits, options.BatchCommits);
    }

    /// <summary>
    /// Completes when another server has taken over the database, or fails with what else went wrong for good. Every later commit
    /// fails, so this server should end.
    /// </summary>
    public Task OwnershipLost => lost.Task;

    private Ownership Owned => ownership ?? throw new InvalidOperationException("The store is not open.");

    /// <inheritdoc/>
    /// <exception cref="StoreSetupException">Another server owns the database, or it cannot be used; the message says what to
    /// do.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        ownership = await Ownership.TakeAsync(options, logger, cancellationToken).ConfigureAwait(false);
        committers = Task.WhenAll(
            Enumerable
                .Range(0, options.Committers)
                .Select(slot => CommitUntilClosedAsync(new Committer((short)slot, committing, ownership, queue, logger)))
        );
        _ = AnnounceLossAsync(ownership);
    }

    /// <inheritdoc/>
    /// <exception cref="RpcException">
    /// Unavailable: the database did not answer in time, and the commit may or may not have been made. ResourceExhausted: too many commits
    /// wait, and this one was not made.
    /// </exception>
    public Task CommitAsync(StoreCommit commit, CancellationToken cancellationToken) =>
        SettleAsync(new PendingCommit(commit), cancellationToken);

    /// <inheritdoc/>
    public Task DeleteRunAsync(RunKey run, CancellationToken cancellationToken) => SettleAsync(new PendingCommit(run), cancellationToken);

    /// <inheritdoc/>
    public async Task<StoredRun?> LoadRunAsync(string namespaceId, string runId, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(namespaceId, out var space) || !Guid.TryParse(runId, out var run))
        {
            return null;
        }

        try
        {
            // A commit that its caller has given up may still land: what was read before it would be believed for good.
            await queue
                .WhenSettled(new CommitKey(run, null))
                .WaitAsync(options.Patience, options.Clock, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw Outages.Unavailable("The database has not said yet what became of the run's last change.");
        }

        return await reads
            .RunAsync((connection, token) => RunQueries.LoadAsync(connection, space, run, token), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<CurrentRun?> FindCurrentRunAsync(string namespaceId, string workflowId, CancellationToken cancellationToken) =>
        Guid.TryParse(namespaceId, out var space) && !workflowId.Contains('\0', StringComparison.Ordinal)
            ? await lookups.FindAsync(space, workflowId, cancellationToken).ConfigureAwait(false)
            : null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<EventBatch>> ReadHistoryAsync(
        string runId,
        long firstEventId,
        long lastEventId,
        CancellationToken cancellationToken
    ) =>
        Guid.TryParse(runId, out var run)
            ? await reads
                .RunAsync(
                    (connection, token) => RunQueries.ReadHistoryAsync(connection, run, firstEventId, lastEventId, token),
                    cancellationToken
                )
                .ConfigureAwait(false)
            : [];

    /// <inheritdoc/>
    public async IAsyncEnumerable<OutstandingRun> ReadOutstandingAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var run in RunQueries.ReadOutstandingAsync(connection, cancellationToken).ConfigureAwait(false))
        {
            yield return run;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunKey>> ReadExpiredAsync(
        string namespaceId,
        DateTimeOffset closedBefore,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var space = Guid.Parse(namespaceId);
        return reads.RunAsync(
            (connection, token) => RunQueries.ReadExpiredAsync(connection, space, closedBefore, limit, token),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public Task<VisibilityPage> ListAsync(
        string namespaceId,
        string query,
        IReadOnlyDictionary<string, IndexedValueType> customAttributes,
        int pageSize,
        ByteString pageToken,
        CancellationToken cancellationToken
    )
    {
        var filter = VisibilityScan.ForList(query, customAttributes);
        var after = VisibilityPageToken.Read(pageToken);
        var space = Guid.Parse(namespaceId);
        return reads.RunAsync(
            (connection, token) => VisibilityQueries.ListAsync(connection, space, filter, pageSize, after, token),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public Task<VisibilityCount> CountAsync(
        string namespaceId,
        string query,
        IReadOnlyDictionary<string, IndexedValueType> customAttributes,
        CancellationToken cancellationToken
    )
    {
        var filter = FilterParser.Parse(query, customAttributes);
        var space = Guid.Parse(namespaceId);
        return reads.RunAsync((connection, token) => VisibilityQueries.CountAsync(connection, space, filter, token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<NamespaceRecord>> ReadNamespacesAsync(CancellationToken cancellationToken) =>
        reads.RunAsync(NamespaceQueries.ReadAsync, cancellationToken);

    /// <inheritdoc/>
    public async Task WriteNamespaceAsync(NamespaceRecord record, CancellationToken cancellationToken)
    {
        var owner = Owned;
        if (
            !await reads
                .RunAsync((connection, token) => NamespaceQueries.WriteAsync(connection, record, owner.Epoch, token), cancellationToken)
                .ConfigureAwait(false)
        )
        {
            owner.Lose();
            throw owner.LostError();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="RpcException">Unavailable: the database did not answer in time, and the record may or may not have been
    /// written.</exception>
    public async Task WriteRecordAsync(DurableRecord record, CancellationToken cancellationToken)
    {
        var owner = Owned;
        if (
            !await reads
                .RunAsync((connection, token) => RecordQueries.WriteAsync(connection, record, owner.Epoch, token), cancellationToken)
                .ConfigureAwait(false)
        )
        {
            owner.Lose();
            throw owner.LostError();
        }
    }

    /// <inheritdoc/>
    public async Task DeleteRecordAsync(RecordKey key, CancellationToken cancellationToken)
    {
        var owner = Owned;
        if (
            !await reads
                .RunAsync((connection, token) => RecordQueries.DeleteAsync(connection, key, owner.Epoch, token), cancellationToken)
                .ConfigureAwait(false)
        )
        {
            owner.Lose();
            throw owner.LostError();
        }
    }

    /// <inheritdoc/>
    public Task<DurableRecord?> ReadRecordAsync(RecordKey key, CancellationToken cancellationToken) =>
        reads.RunAsync((connection, token) => RecordQueries.ReadAsync(connection, key, token), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<DurableRecord> ReadRecordsAsync(string kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var record in RecordQueries.ReadAllAsync(connection, kind, cancellationToken).ConfigureAwait(false))
        {
            yield return record;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        queue.Close(Outages.Unavailable("The server is stopping."), drop: false);
        giveUp.CancelAfter(LastCommits);
        await committers.ConfigureAwait(false);
        if (ownership is not null)
        {
            await ownership.DisposeAsync().ConfigureAwait(false);
        }

        await committing.DisposeAsync().ConfigureAwait(false);
        await database.DisposeAsync().ConfigureAwait(false);
        queue.Dispose();
        giveUp.Dispose();
    }

    private async Task SettleAsync(PendingCommit pending, CancellationToken cancellationToken)
    {
        _ = Owned;
        if (!await queue.TryEnqueueAsync(pending, options.Patience, options.Clock, cancellationToken).ConfigureAwait(false))
        {
            throw RpcException.ResourceExhausted(
                ResourceExhaustedCause.SystemOverloaded,
                ResourceExhaustedScope.System,
                "The database does not keep up: too many changes wait to be written. Nothing was changed."
            );
        }

        try
        {
            await pending.Outcome.WaitAsync(options.Patience, options.Clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            pending.Abandon();
            throw Outages.Unavailable("The database is out of reach. The change may or may not have been made.");
        }
        catch (OperationCanceledException)
        {
            pending.Abandon();
            throw;
        }
    }

    private async Task CommitUntilClosedAsync(Committer committer)
    {
        try
        {
            using var driver = new DriverCancellation(giveUp.Token);
            await committer.RunAsync(driver.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // Nothing known gets here. A server that goes on without writing would be worse than one that ends.
            PostgresLog.CommitterFailed(logger, error);
            queue.Close(Outages.Unavailable($"The server has stopped writing: {error.Message}"), drop: true);
            lost.TrySetException(error);
        }
    }

    private async Task AnnounceLossAsync(Ownership owner)
    {
        await owner.Lost.ConfigureAwait(false);
        queue.Close(owner.LostError(), drop: true);
        lost.TrySetResult();
    }
}
