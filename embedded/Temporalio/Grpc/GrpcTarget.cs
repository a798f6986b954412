using Temporalio.Client;

namespace Temporalio.Grpc;

/// <summary>Where a connection goes.</summary>
/// <param name="Address">Scheme, host and port.</param>
/// <param name="Authority">Name to present in place of the host, if any.</param>
/// <param name="Tls">TLS, null for none.</param>
internal sealed record GrpcTarget(Uri Address, string? Authority, TlsOptions? Tls)
{
    private const int DefaultPort = 7233;

    /// <exception cref="ArgumentException">The target host is missing or not <c>host:port</c>.</exception>
    internal static GrpcTarget Parse(TemporalConnectionOptions options)
    {
        if (string.IsNullOrEmpty(options.TargetHost))
        {
            throw new ArgumentException("TargetHost is required");
        }

        // An API key alone asks for TLS, since it must not travel in the clear.
        var tls = options.Tls ?? (options.ApiKey is null ? null : new TlsOptions());
        if (tls is { Disabled: true })
        {
            tls = null;
        }

        var scheme = tls is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
        if (!Uri.TryCreate($"{scheme}://{options.TargetHost}/", UriKind.Absolute, out var address)
            || address.Host.Length == 0 || address.AbsolutePath != "/" || address.UserInfo.Length > 0)
        {
            throw new ArgumentException($"TargetHost '{options.TargetHost}' is not host:port");
        }

        var hasPort = options.TargetHost.LastIndexOf(':') > options.TargetHost.LastIndexOf(']');
        return new(hasPort ? address : new UriBuilder(address) { Port = DefaultPort }.Uri, tls?.Domain, tls);
    }
}
