namespace Temporalio.Client;

/// <summary>Options of listing standalone activities.</summary>
public class ActivityListOptions : ICloneable
{
    /// <summary>Most to return; 0 for all.</summary>
    public int Limit { get; set; }

    /// <summary>Options of the call; null for defaults.</summary>
    public RpcOptions? Rpc { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (ActivityListOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
