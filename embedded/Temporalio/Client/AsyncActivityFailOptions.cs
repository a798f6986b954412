namespace Temporalio.Client;

/// <summary>Options of failing an activity from elsewhere.</summary>
public class AsyncActivityFailOptions : ICloneable
{
    /// <summary>Heartbeat details for the next attempt.</summary>
    public IReadOnlyCollection<object?>? LastHeartbeatDetails { get; set; }

    /// <summary>Options of the calls; null for defaults.</summary>
    public RpcOptions? Rpc { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (AsyncActivityFailOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
