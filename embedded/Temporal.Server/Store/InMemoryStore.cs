using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Temporal.Server.Visibility;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Store;

/// <summary>Keeps everything in memory, for tests and development. Gone with the process.</summary>
public sealed class InMemoryStore : IExecutionStore
{
    private readonly ConcurrentDictionary<string, Row> rows = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string NamespaceId, string WorkflowId), string> currentRuns = new();
    private readonly ConcurrentDictionary<string, NamespaceRecord> namespaces = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<RecordKey, DurableRecord> records = new();
    private readonly Lock gate = new();

    /// <inheritdoc/>
    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            Check(commit);
            foreach (var write in commit.Runs)
            {
                var row = rows.GetOrAdd(write.Run.RunId, _ => new Row(write));
                row.Apply(write);
            }

            foreach (var current in commit.CurrentRuns)
            {
                currentRuns[(current.NamespaceId, current.WorkflowId)] = current.RunId;
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<StoredRun?> LoadRunAsync(string namespaceId, string runId, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult(
                rows.TryGetValue(runId, out var row) && row.Last.Run.NamespaceId == namespaceId
                    ? new StoredRun(row.Last.Run, row.Last.Version, [.. row.Events], row.Last.SideRecord)
                    : null
            );
        }
    }

    /// <inheritdoc/>
    public Task<CurrentRun?> FindCurrentRunAsync(string namespaceId, string workflowId, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            CurrentRun? current = null;
            if (currentRuns.TryGetValue((namespaceId, workflowId), out var runId) && rows.TryGetValue(runId, out var row))
            {
                var line = row.Last.Visibility;
                current = new CurrentRun(runId, line.FirstRunId, line.StartRequestId, line.Status);
            }

            return Task.FromResult(current);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<EventBatch>> ReadHistoryAsync(
        string runId,
        long firstEventId,
        long lastEventId,
        CancellationToken cancellationToken
    )
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<EventBatch>>(
                rows.TryGetValue(runId, out var row)
                    ? [.. row.Events.Where(batch => batch.LastEventId >= firstEventId && batch.FirstEventId <= lastEventId)]
                    : []
            );
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<OutstandingRun> ReadOutstandingAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var row in rows.Values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (row.Last.NextWake is not null || row.Last.Outstanding is not null)
            {
                yield return new OutstandingRun(row.Last.Run, row.Last.NextWake, row.Last.Outstanding);
            }
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunKey>> ReadExpiredAsync(
        string namespaceId,
        DateTimeOffset closedBefore,
        int limit,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<IReadOnlyList<RunKey>>([
            .. rows
                .Values.Select(row => row.Last)
                .Where(write =>
                    write.Run.NamespaceId == namespaceId && write.Outstanding is null && write.Visibility.CloseTime < closedBefore
                )
                .OrderBy(write => write.Visibility.CloseTime)
                .Take(limit)
                .Select(write => write.Run),
        ]);

    /// <inheritdoc/>
    public Task DeleteRunAsync(RunKey run, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            rows.TryRemove(run.RunId, out _);
            currentRuns.TryRemove(new KeyValuePair<(string, string), string>((run.NamespaceId, run.WorkflowId), run.RunId));
        }

        return Task.CompletedTask;
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
        return Task.FromResult(VisibilityScan.List(RowsOf(namespaceId), query, customAttributes, pageSize, pageToken));
    }

    /// <inheritdoc/>
    public Task<VisibilityCount> CountAsync(
        string namespaceId,
        string query,
        IReadOnlyDictionary<string, IndexedValueType> customAttributes,
        CancellationToken cancellationToken
    )
    {
        return Task.FromResult(VisibilityScan.Count(RowsOf(namespaceId), query, customAttributes));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<NamespaceRecord>> ReadNamespacesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<NamespaceRecord>>([.. namespaces.Values]);

    /// <inheritdoc/>
    public Task WriteNamespaceAsync(NamespaceRecord record, CancellationToken cancellationToken)
    {
        namespaces[record.Id] = record;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task WriteRecordAsync(DurableRecord record, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var version = records.TryGetValue(record.Key, out var before) ? before.Version : 0;
            if (version != record.Version - 1)
            {
                throw new StoreConflictException($"The {record.Key.Kind} {record.Key.Id} has version {version}, not {record.Version - 1}.");
            }

            records[record.Key] = record;
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task DeleteRecordAsync(RecordKey key, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            records.TryRemove(key, out _);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<DurableRecord?> ReadRecordAsync(RecordKey key, CancellationToken cancellationToken) =>
        Task.FromResult(records.GetValueOrDefault(key));

    /// <inheritdoc/>
    public async IAsyncEnumerable<DurableRecord> ReadRecordsAsync(string kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var record in records.Values.Where(record => record.Key.Kind == kind))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return record;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // All as of one moment, so that of a commit that changes two runs both sides are seen or none.
    private List<VisibilityRow> RowsOf(string namespaceId)
    {
        lock (gate)
        {
            return
            [
                .. rows.Select(row => row.Value.Last)
                    .Where(write => write.Run.NamespaceId == namespaceId)
                    .Select(write => new VisibilityRow(write.Run, write.Visibility)),
            ];
        }
    }

    private void Check(StoreCommit commit)
    {
        foreach (var write in commit.Runs)
        {
            var version = rows.TryGetValue(write.Run.RunId, out var row) ? row.Last.Version : 0;
            if (version != write.Version - 1)
            {
                throw new StoreConflictException($"Run {write.Run.RunId} has version {version}, not {write.Version - 1}.");
            }
        }

        foreach (var current in commit.CurrentRuns)
        {
            var runId = currentRuns.GetValueOrDefault((current.NamespaceId, current.WorkflowId));
            if (runId != current.ExpectedRunId)
            {
                throw new StoreConflictException(
                    $"Workflow {current.WorkflowId} has current run {runId ?? "none"}, not {current.ExpectedRunId ?? "none"}."
                );
            }
        }
    }

    private sealed class Row(RunWrite first)
    {
        public List<EventBatch> Events { get; } = [];

        public RunWrite Last { get; private set; } = first;

        public void Apply(RunWrite write)
        {
            Events.AddRange(write.Events);
            Last = write with { Events = [] };
        }
    }
}
