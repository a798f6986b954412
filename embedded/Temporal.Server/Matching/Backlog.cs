namespace Temporal.Server.Matching;

/// <summary>
/// Tasks that wait for workers: smaller priority keys first, equal ones in order of arrival. Holds so many and no more; what does not fit
/// stays where it came from, the store, and <see cref="HasMissed"/> says that some of it is there. Not thread-safe: its queue's lock guards
/// it.
/// </summary>
/// <param name="capacity">Tasks held.</param>
/// <param name="clock">Tells how long things wait.</param>
internal sealed class Backlog(int capacity, TimeProvider clock)
{
    private readonly SortedList<int, LinkedList<WaitingTask>> levels = [];

    /// <summary>Tasks held.</summary>
    public int Count { get; private set; }

    /// <summary>There are more in the store.</summary>
    public bool HasMissed { get; set; }

    /// <summary>How long the oldest task has waited.</summary>
    public TimeSpan Age => Count == 0 ? TimeSpan.Zero : AgeOf(levels.Values.SelectMany(level => level));

    /// <summary>About how long the oldest task has waited, told from the few that go next.</summary>
    public TimeSpan AboutAge =>
        Count == 0 ? TimeSpan.Zero : AgeOf(levels.Values.Where(level => level.Count > 0).Select(level => level.First!.Value));

    /// <summary>All tasks held.</summary>
    public IEnumerable<DispatchTask> Tasks => levels.Values.SelectMany(level => level).Select(waiting => waiting.Task);

    /// <summary>How many tasks there are of each priority key, and how long the oldest of them has waited.</summary>
    public IReadOnlyDictionary<int, (int Count, TimeSpan Age)> ByPriority =>
        levels.Where(level => level.Value.Count > 0).ToDictionary(level => level.Key, level => (level.Value.Count, AgeOf(level.Value)));

    /// <summary>Adds a task, if it fits.</summary>
    public void Add(DispatchTask task)
    {
        // A query is in no store; as many wait as callers may.
        if (Count >= capacity && task is not QueryDispatch)
        {
            HasMissed = true;
            return;
        }

        LevelOf(task).AddLast(new WaitingTask(task, clock.GetUtcNow()));
        Count++;
    }

    /// <summary>Adds a task before its equals: it was taken by somebody who did not keep it.</summary>
    public void PutBack(DispatchTask task)
    {
        LevelOf(task).AddFirst(new WaitingTask(task, clock.GetUtcNow()));
        Count++;
    }

    /// <summary>The task whose turn it is.</summary>
    public WaitingTask? Peek() => First()?.First!.Value;

    /// <summary>Takes that task away.</summary>
    public void Dequeue()
    {
        if (First() is { } level)
        {
            level.RemoveFirst();
            Count--;
        }
    }

    /// <summary>Takes one task away, if it is there.</summary>
    public void Remove(DispatchTask task)
    {
        var level = LevelOf(task);
        if (level.FirstOrDefault(waiting => ReferenceEquals(waiting.Task, task)) is { } found)
        {
            level.Remove(found);
            Count--;
        }
    }

    /// <summary>Takes all tasks away, in the order in which they would have gone.</summary>
    public IReadOnlyList<DispatchTask> Clear()
    {
        var all = Tasks.ToList();
        levels.Clear();
        Count = 0;
        return all;
    }

    private LinkedList<WaitingTask>? First()
    {
        for (var i = 0; i < levels.Count; i++)
        {
            if (levels.GetValueAtIndex(i) is { Count: > 0 } level)
            {
                return level;
            }
        }

        return null;
    }

    private LinkedList<WaitingTask> LevelOf(DispatchTask task)
    {
        if (!levels.TryGetValue(task.Priority, out var level))
        {
            levels.Add(task.Priority, level = new LinkedList<WaitingTask>());
        }

        return level;
    }

    private TimeSpan AgeOf(IEnumerable<WaitingTask> tasks) => clock.GetUtcNow() - tasks.Min(waiting => waiting.Since);
}
