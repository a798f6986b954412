using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Temporal.Server.Rpc;

namespace Temporal.Server.Grpc;

/// <summary>Puts gRPC into a web host.</summary>
internal static class GrpcHosting
{
    /// <summary>Temporal's own limit for a message, in bytes, before and after decompression.</summary>
    public const int MaximumMessageBytes = 4 * 1024 * 1024;

    private const string HealthService = "grpc.health.v1.Health";

    // A peer that takes less has stopped reading, or means harm; what is written for it is held in memory meanwhile.
    private static readonly MinDataRate SlowestPeer = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(30));

    /// <summary>
    /// Listens for HTTP/2 without TLS and without upgrade ("prior knowledge"), as gRPC clients speak it. Port 0 takes a free one.
    /// </summary>
    /// <param name="kestrel">The web server.</param>
    /// <param name="address">Where to listen.</param>
    /// <param name="limits">How long connections live; the defaults if null.</param>
    /// <param name="clock">What the age of connections is measured by; the machine's if null.</param>
    /// <returns>The listener: once the server has started, its end point is the one that was bound.</returns>
    public static ListenOptions ListenGrpc(
        this KestrelServerOptions kestrel,
        IPEndPoint address,
        ServerLimits? limits = null,
        TimeProvider? clock = null
    )
    {
        limits ??= new ServerLimits();
        kestrel.AddServerHeader = false;
        kestrel.Limits.MinRequestBodyDataRate = SlowestPeer;
        kestrel.Limits.MinResponseDataRate = SlowestPeer;
        // One connection carries every long poll of a worker process, and a fleet's worth of client calls.
        kestrel.Limits.Http2.MaxStreamsPerConnection = 10_000;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 16 * 1024 * 1024;
        kestrel.Limits.Http2.InitialStreamWindowSize = MaximumMessageBytes + 64 * 1024;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 64 * 1024;
        kestrel.Limits.Http2.KeepAlivePingDelay = limits.KeepAlivePingDelay;
        kestrel.Limits.Http2.KeepAlivePingTimeout = limits.KeepAlivePingTimeout;
        kestrel.Limits.MaxRequestHeadersTotalSize = 128 * 1024;
        ListenOptions? listener = null;
        kestrel.Listen(address, listen =>
        {
            listener = listen;
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next =>
                connection => ConnectionAge.ServeAsync(next, connection, limits.ConnectionAge, clock ?? TimeProvider.System)
            );
        });
        return listener!;
    }

    /// <summary>Adds what <see cref="MapGrpc"/> needs.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="methods">What is going to be served.</param>
    /// <param name="isServing">What health says of the server and of each of its services; always serving if null.</param>
    public static void AddGrpc(this IServiceCollection services, RpcMethods methods, Func<CancellationToken, Task<bool>>? isServing = null)
    {
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MaximumMessageBytes;
            // What is unknown is answered by MapGrpc, in the words that clients look for.
            grpc.IgnoreUnknownServices = true;
        });
        services
            .AddGrpcHealthChecks(health =>
            {
                foreach (var service in methods.Services)
                {
                    health.Services.Map(service, _ => true);
                }
            })
            .AddAsyncCheck("server", async cancellation =>
                isServing is null || await isServing(cancellation) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy()
            );
    }

    /// <summary>Serves the methods and <c>grpc.health.v1.Health</c>, and says of every other call that it is not implemented.</summary>
    public static void MapGrpc(this WebApplication app, RpcMethods methods)
    {
        // After this the request knows its endpoint; the endpoints themselves come last in the pipeline.
        app.UseRouting();
        app.Use(next => http => http.GetEndpoint() is null && IsGrpc(http.Request) ? RefuseAsync(http, methods) : next(http));
        var definition = ServerServiceDefinition.CreateBuilder();
        foreach (var method in methods.ByPath.Values)
        {
            method.AddTo(definition);
        }

        app.MapGrpcService(definition.Build());
        app.MapGrpcHealthChecksService();
    }

    private static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    // The wording matters: the native SDK core tolerates a missing method only when it reads "unknown method" or "unknown service".
    private static Task RefuseAsync(HttpContext http, RpcMethods methods)
    {
        var path = http.Request.Path.Value ?? "";
        var slash = path.LastIndexOf('/');
        var (service, method) = slash > 0 ? (path[1..slash], path[(slash + 1)..]) : (path.TrimStart('/'), "");
        var message =
            methods.Services.Contains(service) || service == HealthService
                ? $"unknown method {method} for service {service}"
                : $"unknown service {service}";
        http.Response.ContentType = "application/grpc";
        http.Response.Headers["grpc-status"] = ((int)StatusCode.Unimplemented).ToString(System.Globalization.CultureInfo.InvariantCulture);
        http.Response.Headers["grpc-message"] = Uri.EscapeDataString(message);
        return Task.CompletedTask;
    }
}
