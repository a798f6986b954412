namespace Temporalio.Client;

/// <summary>Options of starting an update.</summary>
public class WorkflowUpdateStartOptions : WorkflowUpdateOptions
{
    /// <summary>Without a stage yet.</summary>
    public WorkflowUpdateStartOptions()
    {
    }

    /// <summary>With the stage to wait for.</summary>
    public WorkflowUpdateStartOptions(WorkflowUpdateStage waitForStage) => WaitForStage = waitForStage;

    /// <summary>With an id and the stage to wait for.</summary>
    public WorkflowUpdateStartOptions(string id, WorkflowUpdateStage waitForStage)
        : base(id) => WaitForStage = waitForStage;

    /// <summary>Stage to wait for; must be accepted or completed.</summary>
    public WorkflowUpdateStage WaitForStage { get; set; }
}
