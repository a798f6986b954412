namespace Temporalio.Client;

/// <summary>Options of one call.</summary>
public class RpcOptions : ICloneable
{
    /// <summary>Whether transient errors are tried again; null for what the kind of call wants.</summary>
    public bool? Retry { get; set; }

    /// <summary>Headers.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>>? Metadata { get; set; }

    /// <summary>Binary headers; their names end in <c>-bin</c>.</summary>
    public IReadOnlyCollection<KeyValuePair<string, byte[]>>? BinaryMetadata { get; set; }

    /// <summary>Longest time for one attempt.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Gives the call up.</summary>
    public CancellationToken? CancellationToken { get; set; }

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();

    /// <summary>The same with one more token that gives the call up, and what is to be disposed of afterwards.</summary>
    protected internal Tuple<RpcOptions, CancellationTokenSource?> WithAdditionalCancellationToken(
        CancellationToken? cancellationToken)
    {
        if (cancellationToken is not { CanBeCanceled: true } additional)
        {
            return new(this, null);
        }

        var linked = CancellationToken is { } existing
            ? CancellationTokenSource.CreateLinkedTokenSource(existing, additional)
            : null;
        var copy = (RpcOptions)Clone();
        copy.CancellationToken = linked?.Token ?? additional;
        return new(copy, linked);
    }
}
