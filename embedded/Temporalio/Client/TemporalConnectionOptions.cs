using Temporalio.Runtime;

namespace Temporalio.Client;

/// <summary>Options of a connection.</summary>
public class TemporalConnectionOptions : ICloneable
{
    /// <summary>Without a host yet.</summary>
    public TemporalConnectionOptions()
    {
    }

    /// <summary>To a server.</summary>
    public TemporalConnectionOptions(string targetHost) => TargetHost = targetHost;

    /// <summary>Host and port of the server; the port is 7233 by default.</summary>
    public string? TargetHost { get; set; }

    /// <summary>TLS; null for none unless there is an API key.</summary>
    public TlsOptions? Tls { get; set; }

    /// <summary>How calls are tried again; null for defaults.</summary>
    public RpcRetryOptions? RpcRetry { get; set; }

    /// <summary>Pings on idle connections; null for none.</summary>
    public KeepAliveOptions? KeepAlive { get; set; } = new();

    /// <summary>Proxy to connect through; null for none.</summary>
    public HttpConnectProxyOptions? HttpConnectProxy { get; set; }

    /// <summary>Spreads connections over the addresses of the host; null for none.</summary>
    public DnsLoadBalancingOptions? DnsLoadBalancing { get; set; }

    /// <summary>Compression of requests.</summary>
    public GrpcCompression GrpcCompression { get; set; } = new GrpcCompression.Gzip();

    /// <summary>Sizes from which payloads are warned about.</summary>
    public PayloadLimitsOptions PayloadLimits { get; set; } = new();

    /// <summary>Headers of every call.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>>? RpcMetadata { get; set; }

    /// <summary>Binary headers of every call; their names end in <c>-bin</c>.</summary>
    public IReadOnlyCollection<KeyValuePair<string, byte[]>>? RpcBinaryMetadata { get; set; }

    /// <summary>Sent as <c>authorization: Bearer …</c> with every call.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Who we are to the server; by default process and host.</summary>
    public string? Identity { get; set; }

    /// <summary>Telemetry; null for the process's.</summary>
    public TemporalRuntime? Runtime { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (TemporalConnectionOptions)MemberwiseClone();
        copy.Tls = (TlsOptions?)Tls?.Clone();
        copy.RpcRetry = (RpcRetryOptions?)RpcRetry?.Clone();
        copy.KeepAlive = (KeepAliveOptions?)KeepAlive?.Clone();
        copy.HttpConnectProxy = (HttpConnectProxyOptions?)HttpConnectProxy?.Clone();
        copy.DnsLoadBalancing = (DnsLoadBalancingOptions?)DnsLoadBalancing?.Clone();
        copy.PayloadLimits = (PayloadLimitsOptions)PayloadLimits.Clone();
        return copy;
    }
}
