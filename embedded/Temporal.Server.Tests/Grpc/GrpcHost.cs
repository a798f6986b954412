using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Temporal.Server.Grpc;
using Temporal.Server.Rpc;

namespace Temporal.Server.Tests.Grpc;

/// <summary>A host with some methods on a free loopback port, and a client that shows the bytes and headers as they are.</summary>
internal sealed class GrpcHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient client;
    private int connections;

    private GrpcHost(WebApplication app)
    {
        this.app = app;
        var handler = new SocketsHttpHandler { ConnectCallback = ConnectAsync };
        client = new HttpClient(handler)
        {
            BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
        };
    }

    /// <summary>Connections that the client has opened so far.</summary>
    public int Connections => Volatile.Read(ref connections);

    public static async Task<GrpcHost> StartAsync(Action<RpcMethods> configure, ServerLimits? limits = null, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenGrpc(new IPEndPoint(IPAddress.Loopback, 0), limits, clock));
        var methods = new RpcMethods();
        configure(methods);
        builder.Services.AddGrpc(methods);
        var app = builder.Build();
        app.MapGrpc(methods);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new GrpcHost(app);
    }

    public static byte[] Frame(byte[] message, byte flag = 0, int? length = null)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), length ?? message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public async Task<GrpcReply> CallAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = Request(path, body, headers);
        using var response = await client.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
        var content = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return new GrpcReply(response.Headers, response.TrailingHeaders, content);
    }

    /// <summary>
    /// The same for a call that may meet the server's GOAWAY on its way: the server has not taken it then, and the client repeats it, as
    /// every gRPC client does. (HttpClient does so only when it has not begun to write.)
    /// </summary>
    public async Task<GrpcReply> CallAgainAsync(string path, byte[] body)
    {
        while (true)
        {
            try
            {
                return await CallAsync(path, body);
            }
            catch (HttpRequestException closing)
                when (closing.InnerException is HttpProtocolException { ErrorCode: 0 } || closing.GetBaseException() is SocketException)
            {
                // NO_ERROR: an orderly goodbye, on a connection that is used no more. Or it was closed before the call was written.
            }
        }
    }

    public async Task AbandonAsync(string path, IMessage message, Task whenStarted)
    {
        using var abort = new CancellationTokenSource();
        using var request = Request(path, Frame(message.ToByteArray()), []);
        var call = client.SendAsync(request, abort.Token);
        await whenStarted;
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref connections);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static HttpRequestMessage Request(string path, byte[] body, (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}

internal sealed record GrpcReply(HttpResponseHeaders Headers, HttpResponseHeaders Trailers, byte[] Content)
{
    public int Status => int.Parse(Value("grpc-status")!, System.Globalization.CultureInfo.InvariantCulture);

    public string? Message => Value("grpc-message") is { } message ? Uri.UnescapeDataString(message) : null;

    public T Read<T>(MessageParser<T> parser)
        where T : IMessage<T> => parser.ParseFrom(Content, 5, Content.Length - 5);

    public IMessage Read(MessageParser parser) => parser.ParseFrom(Content, 5, Content.Length - 5);

    public string? Value(string name) =>
        (Trailers.TryGetValues(name, out var values) || Headers.TryGetValues(name, out values)) ? values!.Single() : null;
}
