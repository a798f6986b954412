using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Health;

namespace TemporalDelivery.Worker.Health;

/// <summary>
/// Answers <c>/health/live</c> and <c>/health/ready</c> on a listener of its own, which is there from the start: while the worker waits for
/// PostgreSQL or Temporal it is alive and not ready.
/// </summary>
internal sealed class HealthListener(Uri url, HealthCheckService checks) : IHostedService, IAsyncDisposable
{
    private WebApplication? app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        app = builder.Build();
        app.Urls.Add(url.ToString());
        app.MapHealth(checks);
        await app.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => app?.DisposeAsync() ?? ValueTask.CompletedTask;

    // Signals are the worker's own host's to handle.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Registers <see cref="HealthListener"/>.</summary>
internal static class HealthListenerSetup
{
    /// <summary>Listens on <c>Health:Url</c>, e.g. <c>http://127.0.0.1:8081</c>; without it the worker opens no port.</summary>
    /// <exception cref="ConfigurationException">It is not an http address.</exception>
    public static void AddHealthListener(this HostApplicationBuilder builder)
    {
        if (builder.Configuration.Address("Health:Url") is { } url)
        {
            builder.Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<HealthListener>(services, url));
        }
    }
}
