using System.Collections.Concurrent;
using Google.Protobuf;
using Temporal.Server.History;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Batches;

/// <summary>The batch operations, running and lately closed, in memory; each change goes through to the store.</summary>
internal sealed class BatchDirectory(IExecutionStore store)
{
    private const string Kind = "batch";

    private readonly ConcurrentDictionary<RecordKey, BatchEntry> entries = new();

    private SemaphoreSlim Creating { get; } = new(1, 1);

    /// <summary>The key of an operation.</summary>
    public static RecordKey KeyOf(string namespaceId, string jobId) => new(namespaceId, Kind, jobId);

    /// <summary>Those of all namespaces.</summary>
    public IEnumerable<BatchEntry> All => entries.Values;

    /// <summary>Reads them from the store.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await foreach (var stored in store.ReadRecordsAsync(Kind, cancellationToken).ConfigureAwait(false))
        {
            entries[stored.Key] = new BatchEntry(stored.Key, BatchRecord.Parse(stored.Data.Span), stored.Version);
        }
    }

    /// <summary>An operation.</summary>
    /// <exception cref="RpcException">NotFound.</exception>
    public BatchEntry Require(RecordKey key) =>
        entries.TryGetValue(key, out var entry) ? entry : throw RpcException.NotFound($"batch operation \"{key.Id}\" not found");

    /// <summary>Creates an operation.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="record">What it is to do.</param>
    /// <param name="keep">How long closed operations of the namespace are kept.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">AlreadyExists; ResourceExhausted: too many run.</exception>
    public async Task<BatchEntry> CreateAsync(
        RecordKey key,
        BatchRecord record,
        TimeSpan keep,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await Creating.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await ForgetOldAsync(key.NamespaceId, now.SaturatingAdd(-keep), cancellationToken).ConfigureAwait(false);
            // The store is asked too, as an earlier write may have been carried out although it seemed to fail.
            if (entries.ContainsKey(key) || await store.ReadRecordAsync(key, cancellationToken).ConfigureAwait(false) is not null)
            {
                throw new RpcException(StatusCode.AlreadyExists, $"Batch operation \"{key.Id}\" already exists.");
            }

            if (
                entries.Values.Count(entry => entry.Key.NamespaceId == key.NamespaceId && entry.Record.State == BatchOperationState.Running)
                >= BatchLimits.Running
            )
            {
                throw new RpcException(
                    StatusCode.ResourceExhausted,
                    "Max concurrent batch operations is reached",
                    new Temporalio.Api.ErrorDetails.V1.ResourceExhaustedFailure
                    {
                        Cause = ResourceExhaustedCause.ConcurrentLimit,
                        Scope = ResourceExhaustedScope.Namespace,
                    }
                );
            }

            await store.WriteRecordAsync(new DurableRecord(key, 1, record.ToByteArray()), cancellationToken).ConfigureAwait(false);
            return entries[key] = new BatchEntry(key, record, 1);
        }
        finally
        {
            Creating.Release();
        }
    }

    /// <summary>Changes an operation while it runs.</summary>
    /// <param name="entry">The operation.</param>
    /// <param name="change">Changes a copy, which replaces the record when it is stored.</param>
    /// <param name="pageIsCounted">The change adds what has been counted of the page.</param>
    /// <param name="cancellationToken">Gives up; the outcome may be unknown then.</param>
    /// <returns>False when it runs no more.</returns>
    public async Task<bool> ChangeAsync(
        BatchEntry entry,
        Action<BatchRecord> change,
        bool pageIsCounted,
        CancellationToken cancellationToken
    )
    {
        await entry.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (entry.IsUncertain && await store.ReadRecordAsync(entry.Key, cancellationToken).ConfigureAwait(false) is { } stored)
            {
                var known = BatchRecord.Parse(stored.Data.Span);
                entry.Set(known, stored.Version, pageIsCounted: stored.Version != entry.Version);
            }

            if (entry.Record.State != BatchOperationState.Running)
            {
                return false;
            }

            var next = entry.Record.Clone();
            change(next);
            entry.IsUncertain = true;
            await store
                .WriteRecordAsync(new DurableRecord(entry.Key, entry.Version + 1, next.ToByteArray()), cancellationToken)
                .ConfigureAwait(false);
            entry.Set(next, entry.Version + 1, pageIsCounted);
            return true;
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    private async Task ForgetOldAsync(string namespaceId, DateTimeOffset before, CancellationToken cancellationToken)
    {
        foreach (
            var entry in entries
                .Values.Where(entry => entry.Key.NamespaceId == namespaceId && entry.Record.CloseTime?.ToDateTimeOffset() < before)
                .ToList()
        )
        {
            await store.DeleteRecordAsync(entry.Key, cancellationToken).ConfigureAwait(false);
            entries.TryRemove(entry.Key, out _);
        }
    }
}
