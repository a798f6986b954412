using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TemporalDelivery.Worker.Hosting;

/// <summary>Runs the host and turns what keeps it from running into one line and an exit code.</summary>
static class Startup
{
    const int Failed = 1;
    const int Misconfigured = 2;

    /// <returns>0 after a graceful stop; 1 when a part of the host failed for good; 2 when the configuration, or what it points at, does not let it start.</returns>
    public static async Task<int> RunAsync(Func<IHost> build)
    {
        try
        {
            using var host = build();
            var parts = host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
            await RunAsync(host);
            return parts.Any(part => part.ExecuteTask is { IsFaulted: true }) ? Failed : 0;
        }
        catch (Exception failure) when (failure is ConfigurationFault or IOException)
        {
            await Console.Error.WriteLineAsync($"worker: {failure.Message}");
            return Misconfigured;
        }
    }

    static async Task RunAsync(IHost host)
    {
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        try
        {
            await host.RunAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to stop while it still waited for PostgreSQL or Temporal: that is a graceful stop.
        }
    }
}
