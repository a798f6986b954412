namespace Temporalio.Client;

/// <summary>Options of an update.</summary>
public class WorkflowUpdateOptions : ICloneable
{
    /// <summary>Defaults.</summary>
    public WorkflowUpdateOptions()
    {
    }

    /// <summary>With an id.</summary>
    public WorkflowUpdateOptions(string id) => Id = id;

    /// <summary>Id of the update, by which it happens once; null for a new one.</summary>
    public string? Id { get; set; }

    /// <summary>Options of the calls; null for defaults.</summary>
    public RpcOptions? Rpc { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (WorkflowUpdateOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
