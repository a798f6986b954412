using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Temporal.Server.Frontend;
using Temporal.Server.Grpc;
using Temporal.Server.History;
using Temporal.Server.Matching;
using Temporal.Server.Namespaces;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Timers;

namespace Temporal.Server;

/// <summary>A running Temporal server in this process. Disposing it stops it: long polls are answered, running calls finish.</summary>
public sealed class TemporalServer : IAsyncDisposable
{
    private const int CachedRuns = 20_000;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly WebApplication app;
    private readonly IExecutionStore store;
    private readonly WakeQueue wakes;
    private readonly HistoryEngine engine;
    private readonly CancellationTokenSource stopping;
    private int disposed;

    private TemporalServer(WebApplication app, IExecutionStore store, WakeQueue wakes, HistoryEngine engine, CancellationTokenSource stopping)
    {
        this.app = app;
        this.store = store;
        this.wakes = wakes;
        this.engine = engine;
        this.stopping = stopping;
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        EndPoint = new IPEndPoint(IPAddress.Parse(address.Host), address.Port);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Where it listens, as clients' <c>TargetHost</c>: <c>ip:port</c>.</summary>
    public string TargetHost => EndPoint.ToString();

    /// <summary>Starts a server; it takes calls when this returns.</summary>
    /// <exception cref="IOException">The address is taken.</exception>
    /// <exception cref="ArgumentException">The options do not go together.</exception>
    public static async Task<TemporalServer> StartAsync(TemporalServerOptions options, CancellationToken cancellationToken = default)
    {
        if (options.TimeSkipping && options.PostgresConnectionString is not null)
        {
            throw new ArgumentException("A time-skipping server keeps everything in memory; it takes no PostgreSQL connection.", nameof(options));
        }

        return await StartAsync(options, StoreOf(options), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts a server on a given store, which it then owns.</summary>
    internal static async Task<TemporalServer> StartAsync(TemporalServerOptions options, IExecutionStore store, CancellationToken cancellationToken)
    {
        var app = Build(options);
        var stopping = new CancellationTokenSource();
        ServerClock clock = options.TimeSkipping ? new SkippingClock() : new RealClock();
        var work = new WorkTracker();
        var wakes = new WakeQueue(clock, work);
        try
        {
            await store.OpenAsync(cancellationToken).ConfigureAwait(false);
            var namespaces = new NamespaceRegistry(store);
            await namespaces.LoadAsync(options.Namespaces, options.SearchAttributes, cancellationToken).ConfigureAwait(false);
            var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Temporal.Server.History");
            var engine = new HistoryEngine(store, clock, wakes, work, new TaskQueues(), namespaces, CachedRuns, logger, stopping.Token);
            await engine.RecoverAsync(cancellationToken).ConfigureAwait(false);
            wakes.Start();
            var methods = new RpcMethods();
            methods.AddTemporal(engine, store);
            if (clock is SkippingClock skipping)
            {
                methods.AddTestService(skipping, wakes, stopping.Token);
            }

            app.UseGrpc(methods);
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            return new TemporalServer(app, store, wakes, engine, stopping);
        }
        catch
        {
            await wakes.DisposeAsync().ConfigureAwait(false);
            await app.DisposeAsync().ConfigureAwait(false);
            await store.DisposeAsync().ConfigureAwait(false);
            stopping.Dispose();
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
        await stopping.CancelAsync().ConfigureAwait(false);
        engine.Queues.Stop();
        using (var timeout = new CancellationTokenSource(StopTimeout))
        {
            await app.StopAsync(timeout.Token).ConfigureAwait(false);
        }

        await wakes.DisposeAsync().ConfigureAwait(false);
        await engine.Deliveries.DisposeAsync().ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
        await store.DisposeAsync().ConfigureAwait(false);
        stopping.Dispose();
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
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenGrpc(new IPEndPoint(options.Ip, options.Port)));
        return builder.Build();
    }

    private static InMemoryStore StoreOf(TemporalServerOptions options) => options.PostgresConnectionString is null
        ? new InMemoryStore()
        : throw new ArgumentException("The PostgreSQL store is not part of this build yet.", nameof(options));
}
