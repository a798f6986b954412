using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Temporalio.Client;

namespace Temporalio.Grpc;

/// <summary>Sockets as the connection's options want them: TLS, proxy, pings.</summary>
internal static class GrpcSockets
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <exception cref="ArgumentException">A certificate or key is not readable, or one is given without the other.</exception>
    internal static SocketsHttpHandler CreateHandler(TemporalConnectionOptions options, GrpcTarget target)
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,

            // A name with several addresses is resolved anew for each connection.
            PooledConnectionLifetime = options.DnsLoadBalancing?.ResolutionInterval ?? Timeout.InfiniteTimeSpan,
        };
        if (options.KeepAlive is { } keepAlive)
        {
            handler.KeepAlivePingDelay = keepAlive.Interval;
            handler.KeepAlivePingTimeout = keepAlive.Timeout;
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always;
        }

        if (options.HttpConnectProxy is { } proxy)
        {
            handler.ConnectCallback = new HttpTunnel(proxy).ConnectAsync;
        }

        if (target.Tls is { } tls)
        {
            handler.SslOptions = CreateSslOptions(tls, target.Address.Host);
        }

        return handler;
    }

    private static SslClientAuthenticationOptions CreateSslOptions(TlsOptions tls, string host)
    {
        var ssl = new SslClientAuthenticationOptions { TargetHost = tls.Domain ?? host };
        if (tls.ServerRootCACert is { } root)
        {
            ssl.CertificateChainPolicy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            ssl.CertificateChainPolicy.CustomTrustStore.ImportFromPem(Encoding.UTF8.GetString(root));
        }

        if (tls.ClientCert is null != tls.ClientPrivateKey is null)
        {
            throw new ArgumentException("Must have both client certificate and private key, or neither");
        }

        if (tls.ClientCert is { } certificate)
        {
            ssl.ClientCertificateContext = CreateClientCertificate(
                Encoding.UTF8.GetString(certificate), Encoding.UTF8.GetString(tls.ClientPrivateKey!));
        }

        return ssl;
    }

    // Whatever follows the first certificate is the chain to present with it.
    private static SslStreamCertificateContext CreateClientCertificate(string certificates, string key)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificates);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(certificates, key), chain, offline: true);
    }
}
