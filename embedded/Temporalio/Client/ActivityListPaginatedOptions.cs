namespace Temporalio.Client;

/// <summary>Options of listing standalone activities page by page.</summary>
public class ActivityListPaginatedOptions : ICloneable
{
    /// <summary>Most in the page; 0 for the server's default.</summary>
    public int PageSize { get; set; }

    /// <summary>Options of the call; null for defaults.</summary>
    public RpcOptions? Rpc { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (ActivityListPaginatedOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
