using Temporalio.Worker.Runtime;

namespace Temporalio.Worker;

/// <summary>A turn of a workflow that is about to begin.</summary>
public class WorkflowTaskStartingEventArgs : WorkflowTaskEventArgs
{
    internal WorkflowTaskStartingEventArgs(WorkflowInstance workflow)
        : base(workflow)
    {
    }
}
