namespace Temporalio.Exceptions;

/// <summary>A query's handler raised, or there is none.</summary>
public class WorkflowQueryFailedException : TemporalException
{
    /// <summary>With the worker's message.</summary>
    public WorkflowQueryFailedException(string message)
        : base(message)
    {
    }
}
