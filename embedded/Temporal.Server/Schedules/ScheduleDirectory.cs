using System.Collections.Concurrent;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Timers;

namespace Temporal.Server.Schedules;

/// <summary>All schedules, in memory; each change goes through to the store before anybody sees it.</summary>
internal sealed class ScheduleDirectory(IExecutionStore store, ServerClock clock)
{
    private const string Kind = "schedule";

    private readonly ConcurrentDictionary<RecordKey, ScheduleEntry> entries = new();

    /// <summary>All that exist.</summary>
    public IEnumerable<ScheduleEntry> All => entries.Values.Where(entry => entry.Stored is not null);

    /// <summary>The key of a schedule.</summary>
    public static RecordKey KeyOf(string namespaceId, string scheduleId) => new(namespaceId, Kind, scheduleId);

    /// <summary>The error for a schedule that is not there.</summary>
    public static RpcException NotFound(string scheduleId) => RpcException.NotFound($"schedule \"{scheduleId}\" not found");

    /// <summary>Reads them from the store.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await foreach (var stored in store.ReadRecordsAsync(Kind, cancellationToken).ConfigureAwait(false))
        {
            var entry = new ScheduleEntry(stored.Key);
            entry.Set(ScheduleRecord.Parse(stored.Data.Span), stored.Version);
            entries[stored.Key] = entry;
        }
    }

    /// <summary>The schedule as it is now.</summary>
    /// <exception cref="RpcException">NotFound.</exception>
    public StoredSchedule Read(RecordKey key) => entries.GetValueOrDefault(key)?.Stored ?? throw NotFound(key.Id);

    /// <summary>The schedule, to be changed.</summary>
    /// <exception cref="RpcException">NotFound.</exception>
    public ScheduleEntry Require(RecordKey key) =>
        entries.GetValueOrDefault(key) is { Stored: not null } entry ? entry : throw NotFound(key.Id);

    /// <summary>Creates a schedule.</summary>
    /// <returns>The one created; or the one there, with <paramref name="create"/> not called. Its record is the one of that
    /// moment.</returns>
    public async Task<(ScheduleEntry Entry, ScheduleRecord Record, bool IsNew)> CreateAsync(
        RecordKey key,
        Func<DateTimeOffset, ScheduleRecord> create,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var entry = entries.GetOrAdd(key, static key => new ScheduleEntry(key));
            await entry.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (entry.IsRemoved)
                {
                    continue;
                }

                await LoadAgainAsync(entry, cancellationToken).ConfigureAwait(false);
                if (entry.Stored is { } known)
                {
                    return (entry, known.Record, false);
                }

                var record = create(clock.UtcNow);
                await WriteAsync(entry, record, cancellationToken).ConfigureAwait(false);
                return (entry, record, true);
            }
            finally
            {
                DropIfMissing(entry);
                entry.Gate.Release();
            }
        }
    }

    /// <summary>Changes a schedule, if it is still there.</summary>
    /// <param name="entry">The schedule, with its gate held.</param>
    /// <param name="body">The change; may throw, and then nothing happens.</param>
    /// <param name="cancellationToken">Gives up; the outcome may be unknown then.</param>
    /// <exception cref="RpcException">NotFound, or what the body throws.</exception>
    public async Task<ScheduleChange> ChangeAsync(ScheduleEntry entry, Action<ScheduleChange> body, CancellationToken cancellationToken)
    {
        await LoadAgainAsync(entry, cancellationToken).ConfigureAwait(false);
        var stored = entry.Stored ?? throw NotFound(entry.Key.Id);
        var change = new ScheduleChange(stored.Record, stored.Times, clock.UtcNow);
        body(change);
        if (change.IsChanged)
        {
            await WriteAsync(entry, change.Record, cancellationToken).ConfigureAwait(false);
        }

        return change;
    }

    /// <summary>Deletes a schedule; what it has started goes on.</summary>
    /// <exception cref="RpcException">NotFound.</exception>
    public async Task<ScheduleEntry> DeleteAsync(RecordKey key, CancellationToken cancellationToken)
    {
        var entry = Require(key);
        await entry.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await LoadAgainAsync(entry, cancellationToken).ConfigureAwait(false);
            if (entry.Stored is null)
            {
                throw NotFound(key.Id);
            }

            entry.IsUncertain = true;
            await store.DeleteRecordAsync(key, cancellationToken).ConfigureAwait(false);
            entry.Set(record: null, version: 0);
            return entry;
        }
        finally
        {
            DropIfMissing(entry);
            entry.Gate.Release();
        }
    }

    private async Task WriteAsync(ScheduleEntry entry, ScheduleRecord record, CancellationToken cancellationToken)
    {
        var version = (entry.Stored?.Version ?? 0) + 1;
        entry.IsUncertain = true;
        await store.WriteRecordAsync(new DurableRecord(entry.Key, version, record.ToByteArray()), cancellationToken).ConfigureAwait(false);
        entry.Set(record, version);
    }

    private async Task LoadAgainAsync(ScheduleEntry entry, CancellationToken cancellationToken)
    {
        if (!entry.IsUncertain)
        {
            return;
        }

        var stored = await store.ReadRecordAsync(entry.Key, cancellationToken).ConfigureAwait(false);
        entry.Set(stored is null ? null : ScheduleRecord.Parse(stored.Data.Span), stored?.Version ?? 0);
        entry.MustLook = true;
    }

    private void DropIfMissing(ScheduleEntry entry)
    {
        if (entry is { Stored: null, IsUncertain: false })
        {
            entry.IsRemoved = true;
            entries.TryRemove(new KeyValuePair<RecordKey, ScheduleEntry>(entry.Key, entry));
        }
    }
}
