namespace Temporalio.Client;

/// <summary>Spreads connections over the addresses of a name.</summary>
public class DnsLoadBalancingOptions : ICloneable
{
    /// <summary>How often the name is resolved.</summary>
    public TimeSpan ResolutionInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();
}
