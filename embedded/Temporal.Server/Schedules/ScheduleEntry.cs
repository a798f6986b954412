using Temporal.Server.Store;

namespace Temporal.Server.Schedules;

/// <summary>
/// One schedule's place in memory, from its creation to its deletion. Only the holder of <see cref="Gate"/> may change it.
/// </summary>
internal sealed class ScheduleEntry(RecordKey key)
{
    private readonly Lock calls = new();
    private bool isCalled;
    private TaskCompletionSource attention = Given();
    private volatile bool mustLook = true;
    private volatile StoredSchedule? stored;

    /// <summary>Which schedule.</summary>
    public RecordKey Key { get; } = key;

    /// <summary>Names its wake. Its own: a schedule of the same id that comes after this one has another.</summary>
    public string WakeKey { get; } = $"schedule/{Guid.NewGuid()}";

    /// <summary>Held by the one change in progress.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>What is stored; null when there is no such schedule (yet, or any more). Who does not hold the gate reads it once.</summary>
    public StoredSchedule? Stored => stored;

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

    /// <summary>Takes over what is stored; null for nothing.</summary>
    public void Set(ScheduleRecord? record, long version)
    {
        stored = record is null ? null : StoredSchedule.Of(Key, record, version, stored);
        IsUncertain = false;
    }

    /// <summary>Ends when all that it has been called for by now is done, as far as it can be: what is read then shows it.</summary>
    public Task Attention
    {
        get
        {
            lock (calls)
            {
                return attention.Task;
            }
        }
    }

    /// <summary>Asks for its attention.</summary>
    /// <returns>What to complete when it has been given; null when it has been asked for and not begun.</returns>
    public TaskCompletionSource? TryCall()
    {
        lock (calls)
        {
            if (isCalled)
            {
                return null;
            }

            isCalled = true;
            return attention = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>It begins to attend: a later call counts anew.</summary>
    public void TakeCall()
    {
        lock (calls)
        {
            isCalled = false;
        }
    }

    /// <summary>What the jitter of a schedule depends on besides the time.</summary>
    public static string SeedOf(RecordKey key) => $"{key.NamespaceId}-{key.Id}";

    private static TaskCompletionSource Given()
    {
        var given = new TaskCompletionSource();
        given.SetResult();
        return given;
    }
}
