using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TemporalDelivery.Hosting.Configuration;

namespace TemporalDelivery.Api.Hosting;

/// <summary>Where the server listens and how much it takes from a connection.</summary>
internal static class ServerLimits
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>
    /// Listens on <c>Urls</c>, by default port 8080 of the loopback interface. Until there is authentication every other interface is
    /// refused, whatever setting asks for it.
    /// </summary>
    public static void AddServerLimits(this WebApplicationBuilder builder)
    {
        if (builder.Configuration["Urls"] is null && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = 64 * 1024;
            server.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            server.Limits.MaxConcurrentConnections = 10_000;
            server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            server.ConfigureEndpointDefaults(RefuseAllButLoopback);
        });
        builder.Services.AddRequestTimeouts(timeouts =>
            timeouts.DefaultPolicy = new() { Timeout = TimeSpan.FromSeconds(30), TimeoutStatusCode = StatusCodes.Status504GatewayTimeout }
        );
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(15));
    }

    // Kestrel asks this for every endpoint before it binds, wherever the endpoint comes from.
    private static void RefuseAllButLoopback(ListenOptions endpoint)
    {
        if (endpoint.IPEndPoint is { } address && !IPAddress.IsLoopback(address.Address))
        {
            throw new ConfigurationException(
                $"refusing to listen on {address}: without authentication the API serves this machine only; use Urls=http://127.0.0.1:{address.Port}"
            );
        }
    }
}
