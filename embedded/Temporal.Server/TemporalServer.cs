using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Temporal.Server.Grpc;
using Temporal.Server.Store;
using Temporal.Server.Store.Postgres;

namespace Temporal.Server;

/// <summary>A running Temporal server in this process. Disposing it stops it: long polls are answered, running calls finish.</summary>
public sealed class TemporalServer : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly WebApplication app;
    private readonly ServerCore core;
    private int disposed;

    private TemporalServer(WebApplication app, ServerCore core, Task? storeLost)
    {
        this.app = app;
        this.core = core;
        StoreLost = storeLost ?? new TaskCompletionSource().Task;
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        EndPoint = new IPEndPoint(IPAddress.Parse(address.Host), address.Port);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Where it listens, as clients' <c>TargetHost</c>: <c>ip:port</c>.</summary>
    public string TargetHost => EndPoint.ToString();

    /// <summary>Completes when another server has taken over the database: this one can only refuse calls and should end.</summary>
    public Task StoreLost { get; }

    /// <summary>Starts a server; it takes calls when this returns.</summary>
    /// <exception cref="IOException">The address is taken.</exception>
    /// <exception cref="StoreSetupException">The database cannot be used; the message says why.</exception>
    /// <exception cref="ArgumentException">The options do not go together.</exception>
    public static async Task<TemporalServer> StartAsync(TemporalServerOptions options, CancellationToken cancellationToken = default)
    {
        if (options.TimeSkipping && options.PostgresConnectionString is not null)
        {
            throw new ArgumentException("A time-skipping server keeps everything in memory; it takes no PostgreSQL connection.", nameof(options));
        }

        var app = Build(options);
        var logs = app.Services.GetRequiredService<ILoggerFactory>();
        ServerCore? core = null;
        try
        {
            var store = StoreOf(options, logs);
            core = await ServerCore.StartAsync(options, store, logs.CreateLogger("Temporal.Server.History"), ServerCore.DefaultCachedRuns, cancellationToken).ConfigureAwait(false);
            app.UseGrpc(core.Methods);
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            return new TemporalServer(app, core, (store as PostgresStore)?.OwnershipLost);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            if (core is not null)
            {
                await core.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
        {
            return;
        }

        // First whoever waits gets an answer, then calls in progress finish, then what runs by itself.
        core.BeginStop();
        using (var timeout = new CancellationTokenSource(StopTimeout))
        {
            await app.StopAsync(timeout.Token).ConfigureAwait(false);
        }

        await app.DisposeAsync().ConfigureAwait(false);
        await core.DisposeAsync().ConfigureAwait(false);
    }

    private static WebApplication Build(TemporalServerOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(TemporalServer).Assembly.GetName().Name });
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
        builder.Logging.SetMinimumLevel(options.LogLevel);
        builder.Logging.AddFilter("Microsoft", options.LogLevel > LogLevel.Warning ? options.LogLevel : LogLevel.Warning);
        // What keeps it from starting is thrown to the caller; no need to log it as well.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenGrpc(new IPEndPoint(options.Ip, options.Port)));
        return builder.Build();
    }

    private static IExecutionStore StoreOf(TemporalServerOptions options, ILoggerFactory logs) => options.PostgresConnectionString is { } connection
        ? new PostgresStore(new PostgresStoreOptions { ConnectionString = connection }, logs.CreateLogger<PostgresStore>())
        : new InMemoryStore();
}
