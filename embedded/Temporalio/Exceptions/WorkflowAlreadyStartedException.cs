namespace Temporalio.Exceptions;

/// <summary>A workflow with that id is running, or the reuse policy forbids another.</summary>
public class WorkflowAlreadyStartedException : FailureException
{
    /// <summary>Names the workflow that exists.</summary>
    [Obsolete("Use other constructor")]
    public WorkflowAlreadyStartedException(string message, string workflowId, string runId)
        : this(message, workflowId, "<unknown>", runId)
    {
    }

    /// <summary>Names the workflow that exists.</summary>
    public WorkflowAlreadyStartedException(string message, string workflowId, string workflowType, string runId)
        : base(message)
    {
        WorkflowId = workflowId;
        WorkflowType = workflowType;
        RunId = runId;
    }

    /// <summary>Id that is taken.</summary>
    public string WorkflowId { get; private init; }

    /// <summary>Type that was asked for.</summary>
    public string WorkflowType { get; private init; }

    /// <summary>Run that holds the id.</summary>
    public string RunId { get; private init; }
}
