namespace Temporalio.Worker;

/// <summary>Changes of the workflow runtime that histories record, numbered as in the official SDK.</summary>
internal enum WorkflowLogicFlag : uint
{
    /// <summary>The runtime itself moved the command that closes the workflow to the end.</summary>
    ReorderWorkflowCompletion = 1,

    /// <summary>The scheduler runs once per turn, after all of its jobs, and releases one condition at a time.</summary>
    ApplyModernEventLoopLogic = 2,
}
