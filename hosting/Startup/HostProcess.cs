using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Hosting.Configuration;

namespace TemporalDelivery.Hosting.Startup;

/// <summary>Runs a process and turns what keeps it from running into one line and an exit code.</summary>
public static class HostProcess
{
    private const int Stopped = 0;
    private const int Failed = 1;
    private const int Misconfigured = 2;

    /// <summary>Builds the host and runs it until the process is asked to stop.</summary>
    /// <param name="name">Who speaks, when there is something to put right.</param>
    /// <param name="build">Reads the configuration and composes the host.</param>
    /// <returns>0 after a graceful stop; 1 when a part of the host failed for good; 2 when the configuration, or what it points at, does
    /// not let it start.</returns>
    public static Task<int> RunAsync(string name, Func<IHost> build) => RunAsync(name, () => RunUntilStoppedAsync(build()));

    /// <summary>Runs something else than a host.</summary>
    /// <returns>What <paramref name="run"/> returns; 2 when it finds something to put right.</returns>
    public static async Task<int> RunAsync(string name, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception failure) when (failure is ConfigurationException or IOException)
        {
            // An address in use arrives as an IOException whose message names it.
            await Console.Error.WriteLineAsync($"{name}: {failure.Message}");
            return Misconfigured;
        }
    }

    /// <summary>Runs a host until the process is asked to stop, and disposes of it.</summary>
    /// <returns>0 after a graceful stop; 1 when a part of the host failed for good.</returns>
    /// <exception cref="ConfigurationException">The configuration, or what it points at, does not let the host start.</exception>
    public static async Task<int> RunUntilStoppedAsync(IHost host)
    {
        var services = host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        try
        {
            await host.RunAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to stop while it still waited for PostgreSQL or Temporal: that is a graceful stop.
        }
        // An address to listen on that Kestrel cannot read.
        catch (Exception failure)
            when (failure is FormatException or InvalidOperationException { Source: "Microsoft.AspNetCore.Server.Kestrel.Core" })
        {
            throw new ConfigurationException(failure.Message, failure);
        }

        return services.Any(service => service.ExecuteTask is { IsFaulted: true }) ? Failed : Stopped;
    }
}
