using Temporal.Server.History.Records;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Kind = Temporal.Server.History.Records.OutstandingItem.Types.Kind;

namespace Temporal.Server.History.State;

/// <summary>What a run must still cause outside itself, derived from its state: tasks to dispatch, messages to other runs.</summary>
internal static class OutstandingItems
{
    private const int LowestPriority = 5;

    /// <summary>All items of a state. An item that was in the list before the commit is already being seen to.</summary>
    public static List<OutstandingItem> Of(RunState state)
    {
        var items = new List<OutstandingItem>();
        if (state.IsOpen)
        {
            AddTasks(state, items);
            items.AddRange(state.ExternalSignals.Keys.Select(id => Item(Kind.SignalExternal, id)));
            items.AddRange(state.ExternalCancels.Keys.Select(id => Item(Kind.CancelExternal, id)));
        }

        foreach (var (id, child) in state.Children)
        {
            // A parent that is closed lets only the children go on that it abandons.
            if (
                !child.IsStarted
                && (
                    state.IsOpen
                    || (child.Attributes.ParentClosePolicy == ParentClosePolicy.Abandon && !state.ChildrenStartedLate.Contains(id))
                )
            )
            {
                items.Add(Item(Kind.StartChild, id));
            }
        }

        foreach (var id in state.ChildrenToLaunch)
        {
            if (!state.Children.TryGetValue(id, out var child) || child.IsStarted)
            {
                items.Add(Item(Kind.StartChild, id));
            }
        }

        if (state.ParentToNotify)
        {
            items.Add(Item(Kind.NotifyParent, 0));
        }

        if (state.ChildrenToClose.Count > 0)
        {
            items.Add(Item(Kind.CloseChildren, 0));
        }

        if (state is { ToDelete: true, IsOpen: false } && items.Count == 0)
        {
            items.Add(Item(Kind.Delete, 0));
        }

        return items;
    }

    private static void AddTasks(RunState state, List<OutstandingItem> items)
    {
        if (state.WorkflowTask is { IsStarted: false } task)
        {
            items.Add(
                new OutstandingItem
                {
                    Kind = Kind.WorkflowTask,
                    EventId = task.ScheduledEventId,
                    Attempt = task.Attempt,
                    TaskQueue = task.Sticky ? state.StickyQueue : state.TaskQueue,
                    NormalQueue = task.Sticky ? state.TaskQueue : "",
                    PriorityKey = PriorityOf(state.Options.Priority),
                }
            );
        }

        foreach (var activity in state.Activities.Values)
        {
            if (activity.IsOnQueue)
            {
                items.Add(
                    new OutstandingItem
                    {
                        Kind = Kind.ActivityTask,
                        EventId = activity.ScheduledEventId,
                        Attempt = activity.Attempt,
                        Stamp = activity.Stamp,
                        TaskQueue = activity.TaskQueue,
                        PriorityKey = PriorityOf(Priorities.Merge(state.Options.Priority, activity.Priority)),
                    }
                );
            }
        }
    }

    // There are five; what is beyond counts as the last.
    private static int PriorityOf(Priority? priority) => Math.Clamp(priority?.PriorityKey ?? 0, 0, LowestPriority);

    private static OutstandingItem Item(Kind kind, long eventId) => new() { Kind = kind, EventId = eventId };
}
