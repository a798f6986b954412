namespace Temporalio.Client;

/// <summary>Options of counting standalone activities.</summary>
public class ActivityCountOptions : ICloneable
{
    /// <summary>Options of the call; null for defaults.</summary>
    public RpcOptions? Rpc { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (ActivityCountOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
