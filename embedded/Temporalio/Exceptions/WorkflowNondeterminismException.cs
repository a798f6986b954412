namespace Temporalio.Exceptions;

/// <summary>What a workflow does now is not what its history says it did.</summary>
public class WorkflowNondeterminismException : InvalidWorkflowOperationException
{
    internal WorkflowNondeterminismException(string message)
        : base(message)
    {
    }
}
