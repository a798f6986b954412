namespace Temporal.Server.Matching;

/// <summary>The waiting tasks of one priority: in order of arrival, or fairly by their keys. Not thread-safe: its queue's lock guards it.</summary>
/// <param name="isFair">Whether fairness keys count.</param>
internal sealed class BacklogLevel(bool isFair)
{
    private readonly PriorityQueue<WaitingTask, (long Pass, long Order)> tasks = new();
    private readonly FairPasses passes = new();
    private long last;
    private long first;

    /// <summary>Tasks held.</summary>
    public int Count => tasks.Count;

    /// <summary>All tasks held, in no order.</summary>
    public IEnumerable<WaitingTask> Tasks => tasks.UnorderedItems.Select(item => item.Element);

    /// <summary>Adds a task behind those that go before it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="weight">The weight of its fairness key.</param>
    public void Add(WaitingTask task, float weight) => tasks.Enqueue(task, (isFair ? passes.Next(task.Task.FairnessKey, weight) : 0, ++last));

    /// <summary>Adds a task before all others.</summary>
    public void AddFirst(WaitingTask task) => tasks.Enqueue(task, (0, --first));

    /// <summary>The task whose turn it is; null when there is none.</summary>
    public WaitingTask? Peek() => tasks.TryPeek(out var task, out _) ? task : null;

    /// <summary>Takes that task away; null when there is none.</summary>
    public WaitingTask? Dequeue()
    {
        if (!tasks.TryDequeue(out var task, out var place))
        {
            return null;
        }

        passes.Advance(place.Pass);
        return task;
    }

    /// <summary>Takes one task away.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(DispatchTask task) =>
        tasks.UnorderedItems.FirstOrDefault(item => ReferenceEquals(item.Element.Task, task)).Element is { } waiting && tasks.Remove(waiting, out _, out _);
}
