using System.Net;
using System.Net.Sockets;
using Temporal.Endurance.Worker;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Tests.Processes;

namespace Temporal.Endurance.Tests;

/// <summary>A PostgreSQL cluster of its own, the server's executable on it, and two workers, all of which may be killed.</summary>
internal sealed class EnduranceSystem : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("endurance-").FullName;
    private readonly PrivatePostgres postgres = new();
    private readonly Dictionary<string, ProcessUnderTest> processes = [];

    private EnduranceSystem() { }

    /// <summary>Where the server answers, also after it was killed and started again.</summary>
    public string Address { get; } = $"127.0.0.1:{FreePort()}";

    /// <summary>What can be killed.</summary>
    public IReadOnlyList<string> Targets => [.. processes.Keys, "postgres"];

    /// <summary>What the processes printed last.</summary>
    public string Logs => string.Join('\n', processes.Select(process => $"--- {process.Key}\n{process.Value.Log}"));

    /// <summary>Starts everything.</summary>
    public static async Task<EnduranceSystem> StartAsync(CancellationToken cancellationToken)
    {
        var system = new EnduranceSystem();
        try
        {
            await system.postgres.StartAsync(cancellationToken);
            system.processes["server"] = new(
                "server",
                ProcessUnderTest.Dll("embedded/Temporal.Server", "Temporal.Server"),
                "ready",
                ["server", "start-dev", "--port", system.Address.Split(':')[1], "--headless"],
                new Dictionary<string, string> { ["TEMPORAL_POSTGRES"] = system.postgres.ConnectionString }
            );
            foreach (var name in new[] { "worker-1", "worker-2" })
            {
                system.processes[name] = new(
                    name,
                    ProcessUnderTest.Dll("embedded/Temporal.Endurance.Worker", "Temporal.Endurance.Worker"),
                    "worker ready",
                    [system.Address, system.LedgerOf(name)]
                );
            }

            foreach (var process in system.processes.Values)
            {
                await process.StartAsync(cancellationToken);
            }

            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync(string target, CancellationToken cancellationToken) =>
        target == "postgres" ? postgres.KillAsync(cancellationToken) : processes[target].KillAsync(cancellationToken);

    /// <summary>Starts a killed target again; it is ready when this returns.</summary>
    public Task StartAgainAsync(string target, CancellationToken cancellationToken) =>
        target == "postgres" ? postgres.StartAsync(cancellationToken) : processes[target].StartAsync(cancellationToken);

    /// <summary>Everything that the workers wrote down, in the order in which it happened.</summary>
    public IReadOnlyList<LedgerEntry> ReadLedgers() =>
        [.. processes.Keys.Where(name => name != "server").SelectMany(name => Ledger.Read(LedgerOf(name))).OrderBy(entry => entry.At)];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes.Values.Reverse())
        {
            await process.DisposeAsync();
        }

        await postgres.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private string LedgerOf(string worker) => Path.Combine(folder, $"{worker}.jsonl");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
