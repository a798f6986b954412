using Temporal.Server.History.Activities;
using Temporal.Server.History.Records;
using Temporal.Server.Matching;
using Temporal.Server.Store;
using Kind = Temporal.Server.History.Records.OutstandingItem.Types.Kind;

namespace Temporal.Server.History;

/// <summary>An outstanding item that is a task for workers.</summary>
/// <param name="Queue">The queue that it goes to.</param>
/// <param name="NormalQueue">Of a sticky queue: where it goes when nobody polls that; otherwise empty.</param>
/// <param name="Task">The task.</param>
internal sealed record DispatchedItem(TaskQueueKey Queue, string NormalQueue, DispatchTask Task)
{
    /// <summary>The task of an item; null when the item is a message to another run.</summary>
    public static DispatchedItem? Of(RunKey run, OutstandingItem item)
    {
        var priority = item.PriorityKey == 0 ? DispatchTask.DefaultPriority : item.PriorityKey;
        return item.Kind switch
        {
            Kind.WorkflowTask => new DispatchedItem(
                new TaskQueueKey(
                    run.NamespaceId,
                    item.NormalQueue.Length > 0 ? TaskQueueKeyKind.StickyWorkflow : TaskQueueKeyKind.Workflow,
                    item.TaskQueue
                ),
                item.NormalQueue,
                new WorkflowDispatch(run, item.EventId, item.Attempt) { Priority = priority }
            ),
            Kind.ActivityTask => new DispatchedItem(
                new TaskQueueKey(run.NamespaceId, TaskQueueKeyKind.Activity, item.TaskQueue),
                NormalQueue: "",
                new ActivityDispatch(run, item.EventId, item.Attempt, item.Stamp) { Priority = priority }
            ),
            _ => null,
        };
    }
}
