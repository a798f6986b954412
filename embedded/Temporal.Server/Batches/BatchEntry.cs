using System.Collections.Immutable;
using Temporal.Server.Store;

namespace Temporal.Server.Batches;

/// <summary>
/// One batch operation's place in memory. Only the holder of <see cref="Gate"/> may replace what is stored; anybody may read
/// <see cref="Progress"/>.
/// </summary>
internal sealed class BatchEntry(RecordKey key, BatchRecord record, long version)
{
    private BatchProgress progress = new(record, new BatchPage());

    /// <summary>Which one.</summary>
    public RecordKey Key { get; } = key;

    /// <summary>Held by the one change in progress.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>What is stored, and what has been done since: one moment's, however the operation goes on.</summary>
    public BatchProgress Progress => Volatile.Read(ref progress);

    /// <summary>What is stored; never modified.</summary>
    public BatchRecord Record => Progress.Record;

    /// <summary>The stored version.</summary>
    public long Version { get; private set; } = version;

    /// <summary>A write failed without saying whether it was carried out.</summary>
    public bool IsUncertain { get; set; }

    /// <summary>The page was begun by an earlier server: some of it may be done.</summary>
    public bool IsPageRepeated { get; set; } = record.Page.Count > 0;

    /// <summary>Ends its work when it is stopped.</summary>
    public CancellationTokenSource Stopped { get; } = new();

    /// <summary>Begins the record's page from its start.</summary>
    /// <returns>Where what is done of it is to be counted.</returns>
    public BatchPage BeginPage()
    {
        var page = new BatchPage();
        ImmutableInterlocked.Update(ref progress, seen => seen with { Page = page });
        return page;
    }

    /// <summary>Takes over what is stored.</summary>
    /// <param name="record">The record.</param>
    /// <param name="version">Its version.</param>
    /// <param name="pageIsCounted">The record's counts include the page that was worked on.</param>
    public void Set(BatchRecord record, long version, bool pageIsCounted)
    {
        Version = version;
        IsUncertain = false;
        ImmutableInterlocked.Update(ref progress, seen => new BatchProgress(record, pageIsCounted ? new BatchPage() : seen.Page));
    }
}
