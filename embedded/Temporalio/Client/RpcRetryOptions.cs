namespace Temporalio.Client;

/// <summary>How calls are tried again. The wait grows from the first to the longest, give or take some chance.</summary>
public class RpcRetryOptions : ICloneable
{
    /// <summary>First wait.</summary>
    public TimeSpan InitialInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Share by which a wait varies.</summary>
    public float RandomizationFactor { get; set; } = 0.2F;

    /// <summary>Factor by which it grows.</summary>
    public float Multiplier { get; set; } = 1.5F;

    /// <summary>Longest wait.</summary>
    public TimeSpan MaxInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time for all attempts; null for no limit.</summary>
    public TimeSpan? MaxElapsedTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most attempts; 0 for no limit.</summary>
    public int MaxRetries { get; set; } = 10;

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();
}
