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
    /// <summary>Listens for HTTP/2 without TLS and without upgrade ("prior knowledge"), as gRPC clients speak it. Port 0 takes a free one.</summary>
    public static void ListenGrpc(this KestrelServerOptions kestrel, IPEndPoint address)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        // One connection carries every long poll of a worker process, and a fleet's worth of client calls.
        kestrel.Limits.Http2.MaxStreamsPerConnection = 10_000;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 16 * 1024 * 1024;
        kestrel.Limits.Http2.InitialStreamWindowSize = GrpcFrames.MaximumMessageBytes + 64 * 1024;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 64 * 1024;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        kestrel.Limits.MaxRequestHeadersTotalSize = 128 * 1024;
        kestrel.Listen(address, listen => listen.Protocols = HttpProtocols.Http2);
    }

    /// <summary>Answers every request with a gRPC content type from these methods, to which it adds health; the rest of the pipeline sees the other requests.</summary>
    public static IApplicationBuilder UseGrpc(this IApplicationBuilder app, RpcMethods methods)
    {
        methods.AddHealth();
        var endpoint = new GrpcEndpoint(new GrpcRoutes(methods), app.ApplicationServices.GetRequiredService<ILogger<GrpcEndpoint>>());
        return app.Use(next => http => GrpcEndpoint.Takes(http.Request) ? endpoint.ServeAsync(http) : next(http));
    }
}
