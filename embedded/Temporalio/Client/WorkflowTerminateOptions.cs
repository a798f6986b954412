namespace Temporalio.Client;

/// <summary>Options of terminating a workflow.</summary>
public class WorkflowTerminateOptions : ICloneable
{
    /// <summary>Details.</summary>
    public IReadOnlyCollection<object?>? Details { get; set; }

    /// <summary>Options of the calls; null for defaults.</summary>
    public RpcOptions? Rpc { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (WorkflowTerminateOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
