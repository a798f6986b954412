namespace Temporalio.Client;

/// <summary>Options of a heartbeat from elsewhere.</summary>
public class AsyncActivityHeartbeatOptions : ICloneable
{
    /// <summary>Details.</summary>
    public IReadOnlyCollection<object?>? Details { get; set; }

    /// <summary>Options of the calls; null for defaults.</summary>
    public RpcOptions? Rpc { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (AsyncActivityHeartbeatOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
