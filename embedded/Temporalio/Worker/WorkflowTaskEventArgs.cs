using Temporalio.Worker.Runtime;
using Temporalio.Workflows;

namespace Temporalio.Worker;

/// <summary>A turn of a workflow.</summary>
public abstract class WorkflowTaskEventArgs : EventArgs
{
    private readonly WorkflowInstance workflow;

    internal WorkflowTaskEventArgs(WorkflowInstance workflow) => this.workflow = workflow;

    /// <summary>Gets what is known about the workflow.</summary>
    public WorkflowInfo WorkflowInfo => workflow.Info;

    /// <summary>Gets the workflow's definition.</summary>
    public WorkflowDefinition WorkflowDefinition => workflow.Definition;
}
