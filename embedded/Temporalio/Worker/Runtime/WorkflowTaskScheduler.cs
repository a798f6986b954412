using System.Runtime.ExceptionServices;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runtime;

/// <summary>
/// Runs the tasks of one workflow, one at a time and first come first served, on whatever thread takes the workflow's
/// turn. Everything that workflow code awaits continues here, so its order depends on nothing but history.
/// </summary>
internal sealed class WorkflowTaskScheduler : TaskScheduler
{
    private readonly LinkedList<Task> queue = new();
    private readonly Dictionary<Task, LinkedListNode<Task>> nodes = [];
    private readonly Action assertMayQueue;
    private readonly TaskFactory factory;
    private Exception? failure;

    internal WorkflowTaskScheduler(IWorkflowContext context, Action assertMayQueue, bool traced)
    {
        Context = context;
        this.assertMayQueue = assertMayQueue;
        IsTraced = traced;
        factory = new(default, TaskCreationOptions.None, TaskContinuationOptions.ExecuteSynchronously, this);
    }

    /// <inheritdoc />
    public override int MaximumConcurrencyLevel => 1;

    internal IWorkflowContext Context { get; }

    /// <summary>Gets or sets a value indicating whether tasks on other schedulers are reported.</summary>
    internal bool IsTraced { get; set; }

    internal bool HasTasks => queue.Count > 0;

    internal Task Queue(Func<Task> function) => factory.StartNew(function).Unwrap();

    internal Task<T> Queue<T>(Func<Task<T>> function) => factory.StartNew(function).Unwrap();

    /// <summary>Makes the current turn fail once the current task yields; the first failure counts.</summary>
    internal void Fail(Exception exception) => failure ??= exception;

    internal void ForgetFailure() => failure = null;

    /// <summary>Runs tasks until none is left.</summary>
    internal void RunUntilEmpty()
    {
        while (queue.First is { } first)
        {
            queue.RemoveFirst();
            nodes.Remove(first.Value);
            TryExecuteTask(first.Value);
            if (failure != null)
            {
                ExceptionDispatchInfo.Capture(failure).Throw();
            }
        }
    }

    /// <inheritdoc />
    protected override IEnumerable<Task> GetScheduledTasks() => queue;

    /// <inheritdoc />
    protected override void QueueTask(Task task)
    {
        assertMayQueue();
        if (!nodes.ContainsKey(task))
        {
            nodes[task] = queue.AddLast(task);
        }
    }

    /// <inheritdoc />
    protected override bool TryDequeue(Task task)
    {
        if (!nodes.Remove(task, out var node))
        {
            return false;
        }
        queue.Remove(node);
        return true;
    }

    /// <inheritdoc />
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
    {
        // Inline execution would overtake tasks that are waiting.
        if (!taskWasPreviouslyQueued)
        {
            QueueTask(task);
        }
        return false;
    }
}
