namespace Temporalio.Client;

/// <summary>Options of asking a workflow to cancel.</summary>
public class WorkflowCancelOptions : ICloneable
{
    /// <summary>Options of the calls; null for defaults.</summary>
    public RpcOptions? Rpc { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (WorkflowCancelOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
