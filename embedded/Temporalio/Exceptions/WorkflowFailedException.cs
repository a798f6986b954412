namespace Temporalio.Exceptions;

/// <summary>The awaited workflow ended without a result; the inner exception says why. Raised to clients.</summary>
public class WorkflowFailedException : TemporalException
{
    /// <summary>Wraps the reason.</summary>
    public WorkflowFailedException(Exception? inner)
        : base("Workflow failed", inner)
    {
    }
}
