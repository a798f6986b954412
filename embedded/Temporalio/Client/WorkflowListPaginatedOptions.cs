namespace Temporalio.Client;

/// <summary>Options of listing workflows page by page.</summary>
public class WorkflowListPaginatedOptions : ICloneable
{
    /// <summary>Most in a page; 0 for the server's default.</summary>
    public int PageSize { get; set; }

    /// <summary>Options of the calls; null for defaults.</summary>
    public RpcOptions? Rpc { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (WorkflowListPaginatedOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
