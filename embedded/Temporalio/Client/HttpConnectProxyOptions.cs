namespace Temporalio.Client;

/// <summary>An HTTP proxy to connect through.</summary>
public class HttpConnectProxyOptions : ICloneable
{
    /// <summary>Without a host yet.</summary>
    public HttpConnectProxyOptions()
    {
    }

    /// <summary>At a host and port.</summary>
    public HttpConnectProxyOptions(string targetHost) => TargetHost = targetHost;

    /// <summary>Its host and port.</summary>
    public string? TargetHost { get; set; }

    /// <summary>Its credentials, if any.</summary>
    public (string Username, string Password)? BasicAuth { get; set; }

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();
}
