using System.Net;
using System.Net.Sockets;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Tests.Processes;
using Temporalio.Client;

namespace Temporal.Server.Client.Tests;

/// <summary>The server's executable on one of its stores, and the official client connected to it.</summary>
public abstract class ServerUnderTest : IAsyncLifetime
{
    private readonly int port = FreePort();
    private ProcessUnderTest? process;

    /// <summary>The client.</summary>
    public TemporalClient Client { get; private set; } = null!;

    /// <summary>The executable, which is the time-skipping test server as well.</summary>
    public static string Executable => Path.ChangeExtension(ProcessUnderTest.Dll("embedded/Temporal.Server", "Temporal.Server"), null);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        process = new ProcessUnderTest(
            "server",
            Executable,
            "ready",
            [
                "server",
                "start-dev",
                "--port",
                $"{port}",
                "--headless",
                "--search-attribute",
                "Mood=Keyword",
                "--dynamic-config-value",
                "frontend.enableServerVersionCheck=false",
            ],
            new Dictionary<string, string> { ["TEMPORAL_POSTGRES"] = await DatabaseAsync() }
        );
        await process.StartAsync(TestContext.Current.CancellationToken);
        Client = await TemporalClient.ConnectAsync(new($"127.0.0.1:{port}"));
    }

    /// <summary>kill -9, and a new process on the same store and port.</summary>
    public async Task RestartAsync()
    {
        await process!.KillAsync(TestContext.Current.CancellationToken);
        await process.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (process is not null)
        {
            await process.DisposeAsync();
        }
    }

    /// <summary>The database to keep everything in; empty for memory.</summary>
    protected abstract Task<string> DatabaseAsync();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>Everything in memory.</summary>
public sealed class MemoryServer : ServerUnderTest
{
    /// <inheritdoc/>
    protected override Task<string> DatabaseAsync() => Task.FromResult("");
}

/// <summary>Everything in a PostgreSQL database of its own.</summary>
public sealed class PostgresServerUnderTest : ServerUnderTest
{
    private TestDatabase? database;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    protected override async Task<string> DatabaseAsync() =>
        (database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken)).ConnectionString;
}
