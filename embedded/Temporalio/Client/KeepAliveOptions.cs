namespace Temporalio.Client;

/// <summary>HTTP/2 pings on idle connections.</summary>
public class KeepAliveOptions : ICloneable
{
    /// <summary>Silence after which to ping.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for the answer, after which the connection is given up.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();
}
