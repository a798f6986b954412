using Temporal.Server.Batches.Records;
using Temporal.Server.Store;

namespace Temporal.Server.Batches;

/// <summary>One batch operation's place in memory. Only the holder of <see cref="Gate"/> may replace the record, which itself is never modified.</summary>
internal sealed class BatchEntry(RecordKey key, BatchRecord record, long version)
{
    private long pageCompleted;
    private long pageFailed;

    /// <summary>Which one.</summary>
    public RecordKey Key { get; } = key;

    /// <summary>Held by the one change in progress.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>What is stored.</summary>
    public BatchRecord Record { get; private set; } = record;

    /// <summary>The stored version.</summary>
    public long Version { get; private set; } = version;

    /// <summary>A write failed without saying whether it was carried out.</summary>
    public bool IsUncertain { get; set; }

    /// <summary>The page was begun by an earlier server: some of it may be done.</summary>
    public bool IsPageRepeated { get; set; } = record.Page.Count > 0;

    /// <summary>Ends its work when it is stopped.</summary>
    public CancellationTokenSource Stopped { get; } = new();

    /// <summary>Executions done, those of the page in progress included.</summary>
    public long Completed => Record.Completed + Interlocked.Read(ref pageCompleted);

    /// <summary>Executions that could not be done, those of the page in progress included.</summary>
    public long Failed => Record.Failed + Interlocked.Read(ref pageFailed);

    /// <summary>One execution of the page is done, or could not be.</summary>
    public void Count(bool success)
    {
        if (success)
        {
            Interlocked.Increment(ref pageCompleted);
        }
        else
        {
            Interlocked.Increment(ref pageFailed);
        }
    }

    /// <summary>The page is to be worked on from its beginning.</summary>
    public void BeginPage()
    {
        Interlocked.Exchange(ref pageCompleted, 0);
        Interlocked.Exchange(ref pageFailed, 0);
    }

    /// <summary>Takes over what is stored.</summary>
    /// <param name="record">The record.</param>
    /// <param name="version">Its version.</param>
    /// <param name="pageIsCounted">The record's counts include the page that was worked on.</param>
    public void Set(BatchRecord record, long version, bool pageIsCounted)
    {
        Record = record;
        Version = version;
        IsUncertain = false;
        if (pageIsCounted)
        {
            BeginPage();
        }
    }
}
