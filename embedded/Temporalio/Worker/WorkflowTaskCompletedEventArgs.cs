using Temporalio.Worker.Runtime;

namespace Temporalio.Worker;

/// <summary>A turn of a workflow that has ended.</summary>
public class WorkflowTaskCompletedEventArgs : WorkflowTaskEventArgs
{
    internal WorkflowTaskCompletedEventArgs(WorkflowInstance workflow, Exception? taskFailureException)
        : base(workflow) => TaskFailureException = taskFailureException;

    /// <summary>Gets what fails the workflow task, or null. A workflow that fails is no failed task.</summary>
    public Exception? TaskFailureException { get; private init; }
}
