namespace Temporalio.Exceptions;

/// <summary>The awaited run continued as another, and the caller asked not to follow.</summary>
public class WorkflowContinuedAsNewException : TemporalException
{
    /// <summary>Names the next run.</summary>
    public WorkflowContinuedAsNewException(string newRunId)
        : base("Workflow continued as new") => NewRunId = newRunId;

    /// <summary>The next run.</summary>
    public string NewRunId { get; private init; }
}
