namespace Temporalio.Client;

/// <summary>Options of describing a standalone activity.</summary>
public class ActivityDescribeOptions : ICloneable
{
    /// <summary>Of an earlier description, to wait until there is news since.</summary>
    public byte[]? LongPollToken { get; set; }

    /// <summary>Options of the call; null for defaults.</summary>
    public RpcOptions? Rpc { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (ActivityDescribeOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
