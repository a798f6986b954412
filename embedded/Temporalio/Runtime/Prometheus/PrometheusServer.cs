using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Temporalio.Runtime.Prometheus;

/// <summary>Serves <c>GET /metrics</c> for as long as the process runs.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private PrometheusServer(WebApplication app)
    {
        this.app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Address = new(addresses.Single());
    }

    internal Uri Address { get; }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    /// <param name="bindAddress">Address and port; port 0 for any that is free.</param>
    /// <param name="registry">What to serve.</param>
    /// <exception cref="InvalidOperationException">The address is not valid, or taken.</exception>
    internal static PrometheusServer Start(string bindAddress, PrometheusRegistry registry)
    {
        if (bindAddress.LastIndexOf(':') <= bindAddress.LastIndexOf(']') || !IPEndPoint.TryParse(bindAddress, out var endpoint))
        {
            throw new InvalidOperationException($"Invalid Prometheus address: {bindAddress}");
        }

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(endpoint));
        var app = builder.Build();
        app.Run(context => ServeAsync(context, registry));
        try
        {
            // A runtime is made by a constructor. Elsewhere, so that the host does not need the thread that waits, as it might where
            // that has a synchronization context.
            Task.Run(() => app.StartAsync()).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            Task.Run(() => app.DisposeAsync().AsTask()).GetAwaiter().GetResult();
            throw new InvalidOperationException($"Failed starting Prometheus endpoint at {bindAddress}: {e.Message}", e);
        }

        return new(app);
    }

    private static Task ServeAsync(HttpContext context, PrometheusRegistry registry)
    {
        if (!HttpMethods.IsGet(context.Request.Method) || context.Request.Path != "/metrics")
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(registry.Write(), context.RequestAborted);
    }
}
