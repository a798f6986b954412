using System.Net.Sockets;
using System.Text;
using Temporalio.Client;

namespace Temporalio.Grpc;

/// <summary>Connects through an HTTP proxy with <c>CONNECT</c>, with TLS inside or without.</summary>
internal sealed class HttpTunnel
{
    private const int MaxAnswerSize = 8 * 1024;

    private readonly string host;
    private readonly int port;
    private readonly string authorization;

    /// <exception cref="ArgumentException">The proxy's host is missing or not <c>host:port</c>.</exception>
    internal HttpTunnel(HttpConnectProxyOptions options)
    {
        if (!Uri.TryCreate($"http://{options.TargetHost}/", UriKind.Absolute, out var proxy))
        {
            throw new ArgumentException($"HTTP proxy target host '{options.TargetHost}' is not host:port");
        }

        host = proxy.Host;
        port = proxy.Port;
        authorization = options.BasicAuth is { } auth
            ? $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{auth.Username}:{auth.Password}"))}\r\n"
            : string.Empty;
    }

    internal async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
            var stream = new NetworkStream(socket, ownsSocket: true);
            var target = $"{context.DnsEndPoint.Host}:{context.DnsEndPoint.Port}";
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{authorization}\r\n"), cancellationToken)
                .ConfigureAwait(false);
            var answer = await ReadAnswerAsync(stream, cancellationToken).ConfigureAwait(false);
            return answer.Split(' ') is [_, "200", ..]
                ? stream
                : throw new IOException($"The proxy {host}:{port} refused to connect to {target}: {answer.Split('\r')[0]}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Byte by byte: what follows the empty line belongs to the tunnel.
    private static async Task<string> ReadAnswerAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var answer = new byte[MaxAnswerSize];
        for (var length = 0; length < MaxAnswerSize; length++)
        {
            await stream.ReadExactlyAsync(answer.AsMemory(length, 1), cancellationToken).ConfigureAwait(false);
            if (answer.AsSpan(0, length + 1).EndsWith("\r\n\r\n"u8))
            {
                return Encoding.ASCII.GetString(answer, 0, length);
            }
        }

        throw new IOException("The proxy's answer is too long");
    }
}
