using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Temporal.Server.Grpc;
using Temporal.Server.Http;
using Temporal.Server.Http.Pages;
using Temporal.Server.Store;
using Temporal.Server.Store.Postgres;
using Temporal.Server.Timers;

namespace Temporal.Server;

/// <summary>A running Temporal server in this process. Disposing it stops it: long polls are answered, running calls finish.</summary>
public sealed class TemporalServer : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly WebApplication app;
    private readonly ServerCore core;
    private readonly ILoggerFactory logs;
    private int disposed;

    private TemporalServer(WebApplication app, ServerCore core, ILoggerFactory logs, Listeners listeners, Task? storeLost)
    {
        this.app = app;
        this.core = core;
        this.logs = logs;
        StoreLost = storeLost ?? new TaskCompletionSource().Task;
        EndPoint = listeners.Grpc!.IPEndPoint!;
        WebUi = listeners.WebUi?.IPEndPoint;
        HttpApi = listeners.HttpApi?.IPEndPoint;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Where it listens, as clients' <c>TargetHost</c>: <c>ip:port</c>.</summary>
    public string TargetHost => EndPoint.ToString();

    /// <summary>Where the Web UI's HTTP face listens; null for nowhere.</summary>
    public IPEndPoint? WebUi { get; }

    /// <summary>Where the HTTP API listens; null for nowhere.</summary>
    public IPEndPoint? HttpApi { get; }

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
            throw new ArgumentException(
                "A time-skipping server keeps everything in memory; it takes no PostgreSQL connection.",
                nameof(options)
            );
        }

        var logs = LoggerFactory.Create(logging => logging.AddServerConsole(options.LogFormat, options.LogLevel));
        WebApplication? app = null;
        ServerCore? core = null;
        try
        {
            var store = StoreOf(options, logs);
            core = await ServerCore
                .StartAsync(
                    options,
                    store,
                    options.TimeSkipping ? new SkippingClock() : new RealClock(),
                    TimeProvider.System,
                    logs.CreateLogger("Temporal.Server.History"),
                    ServerCore.DefaultCachedRuns,
                    cancellationToken
                )
                .ConfigureAwait(false);
            var listeners = new Listeners();
            app = Build(options, core, listeners, logs);
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            return new TemporalServer(app, core, logs, listeners, (store as PostgresStore)?.OwnershipLost);
        }
        catch
        {
            await DisposeAsync(app, core, logs).ConfigureAwait(false);
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

        await DisposeAsync(app, core, logs).ConfigureAwait(false);
    }

    private static async ValueTask DisposeAsync(WebApplication? app, ServerCore? core, ILoggerFactory logs)
    {
        if (app is not null)
        {
            await app.DisposeAsync().ConfigureAwait(false);
        }

        if (core is not null)
        {
            await core.DisposeAsync().ConfigureAwait(false);
        }

        logs.Dispose();
    }

    private static WebApplication Build(TemporalServerOptions options, ServerCore core, Listeners listeners, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = typeof(TemporalServer).Assembly.GetName().Name }
        );
        builder.Services.AddSingleton(logs);
        builder.Services.AddGrpc(core.Methods, core.Readiness.IsServingAsync);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            listeners.Grpc = kestrel.ListenGrpc(new IPEndPoint(options.Ip, options.Port), options.Limits);
            listeners.WebUi = options.WebUi is null ? null : kestrel.ListenHttp(options.WebUi, HttpFace.WebUi);
            listeners.HttpApi = options.HttpApi is null ? null : kestrel.ListenHttp(options.HttpApi, HttpFace.Api);
        });
        var app = builder.Build();
        if ((options.WebUi ?? options.HttpApi) is not null)
        {
            var pages = new Lazy<HttpPages>(() =>
                new HttpPages(core.Methods, new WebUiSettings(options.Namespaces[0], options.CodecEndpoint), core.Readiness.IsServingAsync)
            );
            app.UseHttp(new HttpEndpoint(pages, logs.CreateLogger<HttpEndpoint>()));
        }

        app.MapGrpc(core.Methods);
        return app;
    }

    private static IExecutionStore StoreOf(TemporalServerOptions options, ILoggerFactory logs) =>
        options.PostgresConnectionString is { } connection
            ? new PostgresStore(new PostgresStoreOptions { ConnectionString = connection }, logs.CreateLogger<PostgresStore>())
            : new InMemoryStore();

    private sealed class Listeners
    {
        public ListenOptions? Grpc { get; set; }

        public ListenOptions? WebUi { get; set; }

        public ListenOptions? HttpApi { get; set; }
    }
}
