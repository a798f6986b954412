namespace Temporalio.Converters;

/// <summary>What a value belongs to, for converters and codecs that depend on it.</summary>
public interface ISerializationContext
{
    /// <summary>A context within a workflow.</summary>
    public interface IHasWorkflow : ISerializationContext
    {
        /// <summary>Namespace of the workflow.</summary>
        string Namespace { get; }

        /// <summary>Workflow id, null for an activity outside of workflows.</summary>
        string? WorkflowId { get; }
    }

    /// <summary>A value of an activity.</summary>
    /// <param name="Namespace">Namespace.</param>
    /// <param name="ActivityId">Id, where it is known already.</param>
    /// <param name="WorkflowId">Workflow id, null outside of workflows.</param>
    /// <param name="WorkflowType">Workflow type, null outside of workflows.</param>
    /// <param name="ActivityType">Activity type, where known.</param>
    /// <param name="ActivityTaskQueue">Task queue, where known.</param>
    /// <param name="IsLocal">Whether it is a local activity.</param>
    public sealed record Activity(
        string Namespace,
        string? ActivityId,
        string? WorkflowId,
        string? WorkflowType,
        [property: Obsolete("This value may not be set in some situations and should not be relied on.")]
        string? ActivityType,
        [property: Obsolete("This value may not be set in some situations and should not be relied on.")]
        string? ActivityTaskQueue,
        bool IsLocal) : IHasWorkflow
    {
        /// <summary>The context of a running activity.</summary>
        public Activity(Activities.ActivityInfo info)
            : this(
                info.Namespace, info.ActivityId, info.WorkflowId, info.WorkflowType, info.ActivityType, info.TaskQueue, info.IsLocal)
        {
        }
    }

    /// <summary>A value of a workflow.</summary>
    /// <param name="Namespace">Namespace.</param>
    /// <param name="WorkflowId">Workflow id.</param>
    public sealed record Workflow(string Namespace, string WorkflowId) : IHasWorkflow;
}
