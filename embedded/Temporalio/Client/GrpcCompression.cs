namespace Temporalio.Client;

/// <summary>Compression of requests.</summary>
public abstract record GrpcCompression
{
    internal GrpcCompression()
    {
    }

    /// <summary>Large requests are compressed with gzip.</summary>
    public sealed record Gzip() : GrpcCompression;

    /// <summary>None.</summary>
    public sealed record None() : GrpcCompression;
}
