namespace Temporal.Server.Matching;

/// <summary>
/// Tasks that wait for workers: smaller priority keys first, equal ones in order of arrival. Holds so many and no more; what does not
/// fit stays where it came from, the store, and <see cref="HasMissed"/> says that some of it is there. Not thread-safe: its queue's lock guards it.
/// </summary>
internal sealed class Backlog(int capacity, TimeProvider clock)
{
    private readonly PriorityQueue<Waiting, (int Priority, long Order)> tasks = new();
    private long last;
    private long first;

    /// <summary>Tasks held.</summary>
    public int Count => tasks.Count;

    /// <summary>There are more in the store.</summary>
    public bool HasMissed { get; set; }

    /// <summary>How long the oldest task has waited.</summary>
    public TimeSpan Age => tasks.Count == 0 ? TimeSpan.Zero : clock.GetUtcNow() - tasks.UnorderedItems.Min(item => item.Element.Since);

    /// <summary>All tasks held.</summary>
    public IEnumerable<DispatchTask> Tasks => tasks.UnorderedItems.Select(item => item.Element.Task);

    /// <summary>How many tasks there are of each priority key, and how long the oldest of them has waited.</summary>
    public IReadOnlyDictionary<int, (int Count, TimeSpan Age)> ByPriority => tasks.UnorderedItems
        .GroupBy(item => item.Priority.Priority)
        .ToDictionary(group => group.Key, group => (group.Count(), clock.GetUtcNow() - group.Min(item => item.Element.Since)));

    /// <summary>Adds a task behind its equals, if it fits.</summary>
    public void Add(DispatchTask task)
    {
        // A query is in no store; as many wait as callers may.
        if (tasks.Count >= capacity && task is not QueryDispatch)
        {
            HasMissed = true;
            return;
        }

        tasks.Enqueue(new Waiting(task, clock.GetUtcNow()), (task.Priority, ++last));
    }

    /// <summary>Adds a task before its equals: it was taken by somebody who did not keep it.</summary>
    public void PutBack(DispatchTask task) => tasks.Enqueue(new Waiting(task, clock.GetUtcNow()), (task.Priority, --first));

    /// <summary>The task whose turn it is.</summary>
    public DispatchTask? Peek() => tasks.TryPeek(out var waiting, out _) ? waiting.Task : null;

    /// <summary>Takes that task away.</summary>
    public void Dequeue() => tasks.Dequeue();

    /// <summary>Takes one task away, if it is there.</summary>
    public void Remove(DispatchTask task)
    {
        if (tasks.UnorderedItems.FirstOrDefault(item => ReferenceEquals(item.Element.Task, task)).Element is { } waiting)
        {
            tasks.Remove(waiting, out _, out _);
        }
    }

    /// <summary>Takes all tasks away.</summary>
    public IReadOnlyList<DispatchTask> Clear()
    {
        var all = new List<DispatchTask>(tasks.Count);
        while (tasks.TryDequeue(out var waiting, out _))
        {
            all.Add(waiting.Task);
        }

        return all;
    }

    private sealed class Waiting(DispatchTask task, DateTimeOffset since)
    {
        public DispatchTask Task { get; } = task;

        public DateTimeOffset Since { get; } = since;
    }
}
