namespace Temporalio.Client;

/// <summary>Options of cancelling a standalone activity.</summary>
public class ActivityCancelOptions : ICloneable
{
    /// <summary>Why.</summary>
    public string? Reason { get; set; }

    /// <summary>Options of the call; null for defaults.</summary>
    public RpcOptions? Rpc { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (ActivityCancelOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
