namespace TemporalDelivery.Api.StatusReads;

/// <summary>Configuration section <c>StatusReads</c>.</summary>
internal sealed record StatusReadOptions
{
    /// <summary>About how many bytes of memory the rows of orders may take, and those of deliveries.</summary>
    public long CacheBytes { get; init; } = 128 * 1024 * 1024;
}
