namespace Temporalio.Workflows;

/// <summary>Options of a signal to a workflow that is not a child.</summary>
public class ExternalWorkflowSignalOptions : ICloneable
{
    /// <summary>Gets or sets the token that cancels the signal before it is sent; null means the workflow's own.</summary>
    public CancellationToken? CancellationToken { get; set; }

    /// <summary>Makes a shallow copy.</summary>
    /// <returns>The copy.</returns>
    public virtual object Clone() => MemberwiseClone();
}
