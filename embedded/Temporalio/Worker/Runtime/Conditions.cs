using Temporalio.Workflows;

namespace Temporalio.Worker.Runtime;

/// <summary>What the workflow waits for besides events: conditions over its own state.</summary>
internal sealed class Conditions(IWorkflowContext context)
{
    private readonly LinkedList<(Func<bool> Holds, TaskCompletionSource<object?> Source)> waiting = new();

    internal LinkedListNode<(Func<bool> Holds, TaskCompletionSource<object?> Source)> Add(Func<bool> holds) =>
        waiting.AddLast((holds, new TaskCompletionSource<object?>()));

    internal void Remove(LinkedListNode<(Func<bool> Holds, TaskCompletionSource<object?> Source)> condition) =>
        waiting.Remove(condition);

    /// <summary>
    /// Releases those that wait for what now holds: only the first, since it may change what the others wait for, except
    /// in histories recorded before that was so.
    /// </summary>
    internal void Check(bool onlyFirst)
    {
        if (waiting.Count == 0)
        {
            return;
        }
        Workflow.OverrideContext.Value = context;
        try
        {
            foreach (var (holds, source) in waiting)
            {
                if (holds() && (source.TrySetResult(null) || true) && onlyFirst)
                {
                    break;
                }
            }
        }
        finally
        {
            Workflow.OverrideContext.Value = null;
        }
    }
}
