using Temporal.Server.History.Queries;
using Temporal.Server.Store;

namespace Temporal.Server.Matching;

/// <summary>
/// Something for a worker. It only names what to hand out; whether that is still wanted is decided when a worker takes it.
/// </summary>
/// <param name="Run">The run that it belongs to.</param>
internal abstract record DispatchTask(RunKey Run)
{
    /// <summary>The priority key of those that have none.</summary>
    public const int DefaultPriority = 3;

    /// <summary>Its priority key: 1 goes first.</summary>
    public int Priority { get; init; } = DefaultPriority;
}

/// <summary>A scheduled workflow task.</summary>
internal sealed record WorkflowDispatch(RunKey Run, long ScheduledEventId, int Attempt) : DispatchTask(Run);

/// <summary>A scheduled attempt of an activity.</summary>
internal sealed record ActivityDispatch(RunKey Run, long ScheduledEventId, int Attempt, int Stamp) : DispatchTask(Run);

/// <summary>A query of its own.</summary>
internal sealed record QueryDispatch(RunKey Run, PendingQuery Query) : DispatchTask(Run);

/// <summary>Names a task queue. Workflow and activity tasks of one name are two queues; so are equal names in two namespaces.</summary>
internal readonly record struct TaskQueueKey(string NamespaceId, TaskQueueKeyKind Kind, string Name);

/// <summary>What a queue holds.</summary>
internal enum TaskQueueKeyKind
{
    /// <summary>Workflow tasks for any worker.</summary>
    Workflow,

    /// <summary>Workflow tasks for one worker's cache.</summary>
    StickyWorkflow,

    /// <summary>Activity tasks.</summary>
    Activity,
}
