using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Temporal.Server.Rpc;

namespace Temporal.Server.Grpc;

/// <summary>Puts gRPC into a web host.</summary>
public static class GrpcHosting
{
    // A peer that takes less has stopped reading, or means harm; what is written for it is held in memory meanwhile.
    private static readonly MinDataRate SlowestPeer = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(30));

    /// <summary>Listens for HTTP/2 without TLS and without upgrade ("prior knowledge"), as gRPC clients speak it. Port 0 takes a free one.</summary>
    /// <param name="kestrel">The web server.</param>
    /// <param name="address">Where to listen.</param>
    /// <param name="limits">How long connections live; the defaults if null.</param>
    /// <param name="clock">What the age of connections is measured by; the machine's if null.</param>
    /// <returns>The listener: once the server has started, its end point is the one that was bound.</returns>
    public static ListenOptions ListenGrpc(this KestrelServerOptions kestrel, IPEndPoint address, ServerLimits? limits = null, TimeProvider? clock = null)
    {
        limits ??= new ServerLimits();
        kestrel.AddServerHeader = false;
        kestrel.Limits.MinRequestBodyDataRate = SlowestPeer;
        kestrel.Limits.MinResponseDataRate = SlowestPeer;
        // One connection carries every long poll of a worker process, and a fleet's worth of client calls.
        kestrel.Limits.Http2.MaxStreamsPerConnection = 10_000;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 16 * 1024 * 1024;
        kestrel.Limits.Http2.InitialStreamWindowSize = GrpcFrames.MaximumMessageBytes + 64 * 1024;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 64 * 1024;
        kestrel.Limits.Http2.KeepAlivePingDelay = limits.KeepAlivePingDelay;
        kestrel.Limits.Http2.KeepAlivePingTimeout = limits.KeepAlivePingTimeout;
        kestrel.Limits.MaxRequestHeadersTotalSize = 128 * 1024;
        ListenOptions? listener = null;
        kestrel.Listen(address, listen =>
        {
            listener = listen;
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => connection => ConnectionAge.ServeAsync(next, connection, limits.ConnectionAge, clock ?? TimeProvider.System));
        });
        return listener!;
    }

    /// <summary>Answers every request with a gRPC content type from these methods, to which it adds health; the rest of the pipeline sees the other requests.</summary>
    /// <param name="app">The pipeline.</param>
    /// <param name="methods">What is served.</param>
    /// <param name="isServing">What health says; always serving if null.</param>
    public static IApplicationBuilder UseGrpc(this IApplicationBuilder app, RpcMethods methods, Func<CancellationToken, Task<bool>>? isServing = null)
    {
        methods.AddHealth(isServing);
        var endpoint = new GrpcEndpoint(new GrpcRoutes(methods), app.ApplicationServices.GetRequiredService<ILogger<GrpcEndpoint>>());
        return app.Use(next => http => GrpcEndpoint.Takes(http.Request) ? endpoint.ServeAsync(http) : next(http));
    }
}
