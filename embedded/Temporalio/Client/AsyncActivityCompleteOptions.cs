namespace Temporalio.Client;

/// <summary>Options of completing an activity from elsewhere.</summary>
public class AsyncActivityCompleteOptions : ICloneable
{
    /// <summary>Options of the calls; null for defaults.</summary>
    public RpcOptions? Rpc { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (AsyncActivityCompleteOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
