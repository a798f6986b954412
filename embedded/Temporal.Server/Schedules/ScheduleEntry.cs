using Temporal.Server.Schedules.Records;
using Temporal.Server.Schedules.Spec;
using Temporal.Server.Store;

namespace Temporal.Server.Schedules;

/// <summary>One schedule's place in memory. Only the holder of <see cref="Gate"/> may change it; the record itself is never modified.</summary>
internal sealed class ScheduleEntry(RecordKey key)
{
    private int isCalled;
    private volatile bool mustLook = true;

    /// <summary>Which schedule.</summary>
    public RecordKey Key { get; } = key;

    /// <summary>Held by the one change in progress.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>What is stored; null when there is no such schedule (yet, or any more).</summary>
    public ScheduleRecord? Record { get; private set; }

    /// <summary>The stored version; 0 for none.</summary>
    public long Version { get; private set; }

    /// <summary>When it acts; null while its spec cannot be used, see <see cref="Problem"/>.</summary>
    public ScheduleTimes? Times { get; private set; }

    /// <summary>Why its spec cannot be used.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>A write failed without saying whether it was carried out: what is stored must be read again.</summary>
    public bool IsUncertain { get; set; }

    /// <summary>It is in the directory no more; whoever waited for it looks there again.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>First run ids of the workflows whose end it is told of.</summary>
    public HashSet<string> Watched { get; } = new(StringComparer.Ordinal);

    /// <summary>One of those may have ended since it last looked.</summary>
    public bool MustLook
    {
        get => mustLook;
        set => mustLook = value;
    }

    /// <summary>Takes over what is stored.</summary>
    public void Set(ScheduleRecord? record, long version)
    {
        if (record is not null && !record.Schedule.Spec.Equals(Record?.Schedule.Spec))
        {
            Compile(record);
        }

        Record = record;
        Version = version;
        IsUncertain = false;
    }

    /// <summary>Asks for its attention; false when that has been asked for and not begun.</summary>
    public bool TryCall() => Interlocked.Exchange(ref isCalled, 1) == 0;

    /// <summary>It begins to attend: a later call counts anew.</summary>
    public void TakeCall() => Interlocked.Exchange(ref isCalled, 0);

    /// <summary>What the jitter of a schedule depends on besides the time.</summary>
    public static string SeedOf(RecordKey key) => $"{key.NamespaceId}-{key.Id}";

    private void Compile(ScheduleRecord record)
    {
        try
        {
            Times = new ScheduleTimes(record.Schedule.Spec, SeedOf(Key));
            Problem = "";
        }
        catch (ScheduleSpecException error)
        {
            // It was good when it was written: this machine does not know its time zone, say.
            Times = null;
            Problem = error.Message;
        }
    }
}
