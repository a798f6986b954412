using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Temporalio.Client;

namespace TemporalDelivery.Bench.Engine;

/// <summary>A server and a worker, each a process of its own, and a client of theirs in this one.</summary>
internal sealed class Engine : IAsyncDisposable
{
    private readonly string serverProgram;
    private readonly int port;
    private readonly BenchDatabase? database;

    private Engine(string serverProgram, int port, BenchDatabase? database, MeasuredProcess server)
    {
        this.serverProgram = serverProgram;
        this.port = port;
        this.database = database;
        Server = server;
    }

    /// <summary>The server's process.</summary>
    public MeasuredProcess Server { get; private set; }

    /// <summary>The worker's process.</summary>
    public MeasuredProcess Worker { get; private set; } = null!;

    /// <summary>A connection to the server.</summary>
    public ITemporalClient Client { get; private set; } = null!;

    /// <summary>The database that the server uses.</summary>
    public BenchDatabase Database => database ?? throw new InvalidOperationException("the store is in memory");

    /// <summary>Starts everything, with an empty store.</summary>
    /// <param name="options">Where the parts are.</param>
    /// <param name="store">The store.</param>
    /// <param name="cachedWorkflows">How many workflows the worker keeps in memory.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Engine> StartAsync(
        EngineBenchOptions options,
        StoreKind store,
        int cachedWorkflows,
        CancellationToken cancellationToken
    )
    {
        var database =
            store == StoreKind.Memory
                ? null
                : await BenchDatabase.CreateAsync(options.Database, store == StoreKind.PostgresSlowCommits, cancellationToken);
        var port = FreePort();
        var server = await StartServerAsync(options.Server, port, database, wait: true, cancellationToken);
        var engine = new Engine(options.Server, port, database, server);
        try
        {
            engine.Worker = await MeasuredProcess.StartAsync(
                "the worker",
                typeof(Engine).Assembly.Location,
                [WorkerCommand.Name, engine.Address, cachedWorkflows.ToString(CultureInfo.InvariantCulture)],
                new Dictionary<string, string>(),
                WorkerCommand.Ready,
                cancellationToken
            );
            engine.Client = await TemporalClient.ConnectAsync(new(engine.Address) { GrpcCompression = new GrpcCompression.None() });
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>CPU time used up to now.</summary>
    public async Task<CpuTimes> CpuAsync(CancellationToken cancellationToken) =>
        new(Server.Cpu, Worker.Cpu, database is null ? TimeSpan.Zero : await database.CpuAsync(cancellationToken), CpuTimes.OfThisProcess);

    /// <summary>Kills the server and starts another on the same port and database; does not wait for it.</summary>
    public async Task RestartServerAsync(CancellationToken cancellationToken)
    {
        await Server.DisposeAsync();
        Server = await StartServerAsync(serverProgram, port, database, wait: false, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Worker is not null)
        {
            await Worker.DisposeAsync();
        }

        await Server.DisposeAsync();
        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    private string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    private static Task<MeasuredProcess> StartServerAsync(
        string program,
        int port,
        BenchDatabase? database,
        bool wait,
        CancellationToken cancellationToken
    )
    {
        var environment = new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location };
        if (database is not null)
        {
            environment["TEMPORAL_POSTGRES"] = database.ConnectionString;
        }

        string[] arguments = ["start-dev", "--ip", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--headless"];
        return MeasuredProcess.StartAsync(
            "the server",
            program,
            arguments,
            environment,
            wait ? "Temporal server ready" : null,
            cancellationToken
        );
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
