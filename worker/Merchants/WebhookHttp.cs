using System.Net;
using System.Net.Sockets;

namespace TemporalDelivery.Worker.Merchants;

/// <summary>How merchants' endpoints are called: where a name leads is looked at when it is called, and no further.</summary>
internal static class WebhookHttp
{
    private static readonly TimeSpan ToConnect = TimeSpan.FromSeconds(5);

    /// <summary>A client that follows no redirect, knows no proxy and no cookies, and connects to allowed addresses only.</summary>
    public static HttpClient Create(WebhookOptions options) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                ConnectTimeout = ToConnect,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                MaxConnectionsPerServer = 16,
                MaxResponseHeadersLength = 16,
                ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, options, cancellation),
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint where, WebhookOptions options, CancellationToken cancellationToken)
    {
        var found = await Dns.GetHostAddressesAsync(where.Host, cancellationToken);
        var allowed = options.AllowPrivateNetworks ? found : [.. found.Where(PublicAddress.Is)];
        if (allowed.Length == 0)
        {
            throw new HttpRequestException($"{where.Host} is not out in the world: nothing inside is called");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, where.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
