namespace Temporalio.Client;

/// <summary>Options of starting an update with its workflow's start.</summary>
public class WorkflowStartUpdateWithStartOptions : WorkflowUpdateWithStartOptions
{
    /// <summary>Without a start or a stage yet.</summary>
    public WorkflowStartUpdateWithStartOptions()
    {
    }

    /// <summary>With the start and the stage to wait for.</summary>
    public WorkflowStartUpdateWithStartOptions(
        WithStartWorkflowOperation startWorkflowOperation, WorkflowUpdateStage waitForStage)
        : base(startWorkflowOperation) => WaitForStage = waitForStage;

    /// <summary>With an id, the start and the stage to wait for.</summary>
    public WorkflowStartUpdateWithStartOptions(
        string id, WithStartWorkflowOperation startWorkflowOperation, WorkflowUpdateStage waitForStage)
        : base(id, startWorkflowOperation) => WaitForStage = waitForStage;

    /// <summary>Stage to wait for; must be accepted or completed.</summary>
    public WorkflowUpdateStage WaitForStage { get; set; }
}
