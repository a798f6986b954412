namespace Temporalio.Exceptions;

/// <summary>A workflow did what workflows may not do. Fails the workflow task, which is retried after a fix.</summary>
public class InvalidWorkflowOperationException : TemporalException
{
    internal InvalidWorkflowOperationException(string message)
        : base(message)
    {
    }
}
